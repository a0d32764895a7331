#include "Japanese.h"

#include "dcmtk/ofstd/ofchrenc.h"
#include "dcmtk/ofstd/ofcond.h"

// DCMTK asks iconv for ISO-IR-87 and ISO-IR-159, names that glibc does not have. glibc's ISO-2022-JP-2 holds both sets
// under the same escape sequences; what it lacks is katakana in G1 (IR 13), which is Shift_JIS's single bytes.

namespace {

bool append(OFCharacterEncoding &encoding, const OFString &run, OFString &utf8)
{
    if (run.empty()) return true;
    OFString converted;
    if (encoding.convertString(run, converted).bad()) return false;
    utf8 += converted;
    return true;
}

bool isKatakana(char byte)
{
    const unsigned char code = static_cast<unsigned char>(byte);
    return code >= 0xA1 && code <= 0xDF;
}

}  // namespace

bool convertJapanese(const OFString &text, OFString &utf8)
{
    OFCharacterEncoding escaped, katakana;
    if (escaped.selectEncoding("ISO-2022-JP-2", "UTF-8").bad()) return false;
    if (katakana.selectEncoding("Shift_JIS", "UTF-8").bad()) return false;
    utf8.clear();
    for (size_t index = 0; index < text.length();) {
        OFString run;
        for (; index < text.length() && isKatakana(text[index]); ++index) run += text[index];
        if (!append(katakana, run, utf8)) return false;
        run.clear();
        while (index < text.length() && !isKatakana(text[index])) {
            if (text.compare(index, 3, "\033)I") == 0) {
                index += 3;
            } else if (text.compare(index, 3, "\033(J") == 0) {
                // Roman letters: ASCII, but that its backslash, DICOM's delimiter, would become a yen sign.
                run += "\033(B";
                index += 3;
            } else {
                run += text[index++];
            }
        }
        if (!append(escaped, run, utf8)) return false;
    }
    return true;
}
