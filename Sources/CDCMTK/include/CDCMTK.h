// The part of DCMTK that the node uses, as C functions. No DCMTK type, and no C++ exception, gets past this header.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// How a call ended.
typedef enum CDCMTKResult {
    CDCMTKResultOK = 0,
    /// DCMTK does not take these bytes for a data set.
    CDCMTKResultNotADataSet = 1,
    /// No memory, or another exception.
    CDCMTKResultFailure = 2,
} CDCMTKResult;

/// One element's value as text: several values have a backslash between, padding is gone. The bytes are the callee's
/// until it returns. `isConverted`: they are UTF-8; otherwise they are as in the data set, since its Specific Character
/// Set does not explain them.
typedef void (*CDCMTKReceive)(
    void *_Nullable context, uint16_t group, uint16_t element, const char *_Nonnull text, size_t length,
    bool isConverted);

/// Parses `count` bytes of explicit VR little endian, and gives every top-level element with a textual value to
/// `receive`. To be called with bytes of our own writing only: DCMTK trusts lengths, and recurses.
CDCMTKResult cdcmtk_read(
    const uint8_t *_Nonnull bytes, size_t count, void *_Nullable context, CDCMTKReceive _Nonnull receive);

/// How a data set in explicit VR is encoded (PS3.5 Annex A).
typedef enum CDCMTKEncoding {
    CDCMTKEncodingLittleEndian = 0,
    CDCMTKEncodingBigEndian = 1,
    CDCMTKEncodingDeflated = 2,
} CDCMTKEncoding;

/// Writes the data set that begins at `offset` of the file `input` to the file `output` in Implicit VR Little Endian. To be called with a
/// data set that has been walked to its end: DCMTK trusts lengths, and recurses.
CDCMTKResult cdcmtk_convert_to_implicit(
    const char *_Nonnull input, int64_t offset, CDCMTKEncoding encoding, const char *_Nonnull output);

#ifdef __cplusplus
}
#endif
