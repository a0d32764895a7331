#include "CDCMTK.h"

#include "Japanese.h"

#include "dcmtk/config/osconfig.h"

#include "dcmtk/dcmdata/dcdatset.h"
#include "dcmtk/dcmdata/dcdeftag.h"
#include "dcmtk/dcmdata/dcelem.h"
#include "dcmtk/dcmdata/dcistrmb.h"
#include "dcmtk/dcmdata/dcistrmf.h"
#include "dcmtk/dcmdata/dcspchrs.h"
#include "dcmtk/oflog/oflog.h"
#include "dcmtk/ofstd/ofchrenc.h"

#include <mutex>

namespace {

// DCMTK writes what it reads to stderr, peers' bytes included.
void silence()
{
    static std::once_flag once;
    std::call_once(once, [] { OFLog::configure(OFLogger::OFF_LOG_LEVEL); });
}

OFCondition parse(DcmDataset &dataSet, const uint8_t *bytes, size_t count)
{
    DcmInputBufferStream stream;
    stream.setBuffer(bytes, static_cast<offile_off_t>(count));
    stream.setEos();
    dataSet.transferInit();
    const OFCondition condition = dataSet.read(stream, EXS_LittleEndianExplicit);
    dataSet.transferEnd();
    return condition;
}

// The number in a single term "ISO 2022 IR 100" or "ISO_IR 100"; empty if it is anything else.
OFString singleNumber(const OFString &terms)
{
    const size_t end = terms.find_last_not_of(" \\") + 1;
    for (const OFString prefix : { "ISO 2022 IR ", "ISO_IR " }) {
        if (terms.compare(0, prefix.length(), prefix) != 0 || end <= prefix.length()) continue;
        const OFString number = terms.substr(prefix.length(), end - prefix.length());
        if (number.find_first_not_of("0123456789") == OFString_npos) return number;
    }
    return "";
}

// Sets of two bytes that have no ISO_IR: devices that name them alone write them in G1 without an escape sequence. And
// one that DCMTK 3.6.7 does not know.
const char *encodingWithoutEscapes(const OFString &number)
{
    if (number == "203") return "ISO-8859-15";
    if (number == "149") return "EUC-KR";
    if (number == "58") return "GB2312";
    return nullptr;
}

// A single term of code extensions names the set of its ISO_IR (PS3.3 §C.12.1.1.2); one of two bytes, where its escape
// sequences are used, stands beside ASCII.
OFString namedSet(const OFString &terms)
{
    const OFString number = singleNumber(terms);
    if (number.empty() || number == "87" || number == "159") return terms;
    if (encodingWithoutEscapes(number) != nullptr) return "\\ISO 2022 IR " + number;
    return "ISO_IR " + number;
}

// The data set's Specific Character Set (PS3.3 §C.12.1.1.2), to UTF-8.
class Converter {
public:
    explicit Converter(DcmDataset &dataSet)
    {
        OFString terms;
        dataSet.findAndGetOFStringArray(DCM_SpecificCharacterSet, terms);
        isUsable = characterSets.selectCharacterSet(namedSet(terms), "ISO_IR 192").good();
        const char *const encoding = encodingWithoutEscapes(singleNumber(terms));
        hasNoEscapes = encoding != nullptr && withoutEscapes.selectEncoding(encoding, "UTF-8").good();
        isJapanese = terms.find("ISO 2022 IR 87") != OFString_npos || terms.find("ISO 2022 IR 159") != OFString_npos;
    }

    // The element's text; false: its bytes as they are.
    bool convert(DcmElement &element, OFString &text)
    {
        const bool isAffected = element.isAffectedBySpecificCharacterSet();
        if (isAffected && hasNoEscapes && element.getOFStringArray(text).good() && text.find('\033') == OFString_npos) {
            OFString converted;
            if (withoutEscapes.convertString(text, converted).bad()) return false;
            text = converted;
            return true;
        }
        const bool isConverted = !isAffected || (isUsable && element.convertCharacterSet(characterSets).good());
        if (element.getOFStringArray(text).bad()) text.clear();
        OFString utf8;
        if (isConverted || !isJapanese || !convertJapanese(text, utf8)) return isConverted;
        text = utf8;
        return true;
    }

private:
    DcmSpecificCharacterSet characterSets;
    OFCharacterEncoding withoutEscapes;
    bool isUsable;
    bool hasNoEscapes;
    bool isJapanese;
};

OFCondition read(const uint8_t *bytes, size_t count, void *context, CDCMTKReceive receive)
{
    DcmDataset dataSet;
    const OFCondition condition = parse(dataSet, bytes, count);
    if (condition.bad()) return condition;
    Converter converter(dataSet);
    for (unsigned long index = 0; index < dataSet.card(); ++index) {
        DcmElement *element = dataSet.getElement(index);
        if (element == nullptr || !element->isLeaf()) continue;
        OFString text;
        const bool isConverted = converter.convert(*element, text);
        receive(context, element->getGTag(), element->getETag(), text.c_str(), text.length(), isConverted);
    }
    return condition;
}

E_TransferSyntax syntax(CDCMTKEncoding encoding)
{
    switch (encoding) {
    case CDCMTKEncodingBigEndian: return EXS_BigEndianExplicit;
    case CDCMTKEncodingDeflated: return EXS_DeflatedLittleEndianExplicit;
    case CDCMTKEncodingLittleEndian: break;
    }
    return EXS_LittleEndianExplicit;
}

// Values above DCMTK's own limit for reading (4 KiB) stay in the file until they are written: an object of any size needs little memory.
OFCondition convert(const char *input, int64_t offset, E_TransferSyntax syntax, const char *output)
{
    DcmInputFileStream stream(OFFilename(input), static_cast<offile_off_t>(offset));
    if (!stream.good()) return stream.status();
    DcmDataset dataSet;
    dataSet.transferInit();
    OFCondition condition = dataSet.read(stream, syntax);
    dataSet.transferEnd();
    if (condition.bad()) return condition;
    return dataSet.saveFile(OFFilename(output), EXS_LittleEndianImplicit, EET_UndefinedLength);
}

}  // namespace

CDCMTKResult cdcmtk_read(const uint8_t *bytes, size_t count, void *context, CDCMTKReceive receive)
{
    try {
        silence();
        return read(bytes, count, context, receive).good() ? CDCMTKResultOK : CDCMTKResultNotADataSet;
    } catch (...) {
        return CDCMTKResultFailure;
    }
}

CDCMTKResult cdcmtk_convert_to_implicit(
    const char *input, int64_t offset, CDCMTKEncoding encoding, const char *output)
{
    try {
        silence();
        return convert(input, offset, syntax(encoding), output).good() ? CDCMTKResultOK : CDCMTKResultNotADataSet;
    } catch (...) {
        return CDCMTKResultFailure;
    }
}
