#pragma once

/// The streaming 128-bit XXH3 of Debian's libxxhash. Its state is opaque: it wants an alignment that Swift's own
/// structures do not promise.
#include <xxhash.h>
