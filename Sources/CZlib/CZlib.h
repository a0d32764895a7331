// zlib, for the walk through deflated data sets (PS3.5 Annex A.5).
#pragma once
#include <zlib.h>
