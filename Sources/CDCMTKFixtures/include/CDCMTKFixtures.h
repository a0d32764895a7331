// What makes the fixtures: data sets built, compressed and saved by DCMTK. The node itself links none of this.
// No exception gets past these functions; false means that DCMTK refused.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A file being built.
typedef struct CDCMTKFixture CDCMTKFixture;

/// Registers the codecs; once, before anything else.
void cdcmtk_fixture_start(void);

/// An empty one; null if there is no memory.
CDCMTKFixture *_Nullable cdcmtk_fixture_create(void);

/// Frees it.
void cdcmtk_fixture_release(CDCMTKFixture *_Nonnull fixture);

/// Sets the element at `path`, such as `ContentSequence[0].TextValue`, creating what leads to it.
bool cdcmtk_fixture_put(
    CDCMTKFixture *_Nonnull fixture, const char *_Nonnull path, const uint8_t *_Nonnull value, size_t count);

/// Sets a top-level element of bytes (OB, UN).
bool cdcmtk_fixture_put_bytes(
    CDCMTKFixture *_Nonnull fixture, uint16_t group, uint16_t element, const char *_Nonnull vr,
    const uint8_t *_Nonnull bytes, size_t count);

/// Sets a top-level element of 16-bit words (OW).
bool cdcmtk_fixture_put_words(
    CDCMTKFixture *_Nonnull fixture, uint16_t group, uint16_t element, const uint16_t *_Nonnull words, size_t count);

/// Replaces the pixel data by its compressed form.
bool cdcmtk_fixture_compress(CDCMTKFixture *_Nonnull fixture, const char *_Nonnull transferSyntaxUID);

/// Sets the pixel data to these bytes, encapsulated as they are, `frames` equal parts of them, in fragments of at most
/// `fragmentKiB` KiB. `carrierUID`: a transfer syntax that DCMTK knows and that is encapsulated.
bool cdcmtk_fixture_encapsulate(
    CDCMTKFixture *_Nonnull fixture, const char *_Nonnull carrierUID, const uint8_t *_Nonnull bytes, size_t count,
    size_t frames, uint32_t fragmentKiB);

/// Sets an element of the file meta information, group 0002 (PS3.10 §7.1).
bool cdcmtk_fixture_put_meta(CDCMTKFixture *_Nonnull fixture, uint16_t element, const char *_Nonnull value);

/// Writes the file, with the meta information as it was put. `carrierUID`: how DCMTK is to encode the data set.
bool cdcmtk_fixture_save(
    CDCMTKFixture *_Nonnull fixture, const char *_Nonnull path, const char *_Nonnull carrierUID,
    bool definedLengths, bool groupLengths);

#ifdef __cplusplus
}
#endif
