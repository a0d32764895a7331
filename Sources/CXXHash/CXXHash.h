#pragma once

/// The streaming 128-bit XXH3 of Debian's libxxhash. Its state is opaque: it wants an alignment that Swift's own
/// structures do not promise.
#include <xxhash.h>
/// The same with the widest registers that the processor has, where the library knows how to ask it.
#if defined(__x86_64__) && __has_include(<xxh_x86dispatch.h>)
#include <xxh_x86dispatch.h>
#endif

static inline void cxxhash_update(XXH3_state_t *state, const void *bytes, size_t count)
{
    XXH3_128bits_update(state, bytes, count);
}
