#pragma once

#include "dcmtk/config/osconfig.h"

#include "dcmtk/ofstd/ofstring.h"

/// Converts text in ISO 2022 IR 13, 87 and 159 (PS3.3 Table C.12-3, C.12-4) to UTF-8; false: it is not that.
bool convertJapanese(const OFString &text, OFString &utf8);
