#include "CDCMTKFixtures.h"

#include "dcmtk/config/osconfig.h"

#include "dcmtk/dcmdata/dcdeftag.h"
#include "dcmtk/dcmdata/dcfilefo.h"
#include "dcmtk/dcmdata/dcmetinf.h"
#include "dcmtk/dcmdata/dcpath.h"
#include "dcmtk/dcmdata/dcpixel.h"
#include "dcmtk/dcmdata/dcpixseq.h"
#include "dcmtk/dcmdata/dcpxitem.h"
#include "dcmtk/dcmdata/dcrleerg.h"
#include "dcmtk/dcmdata/dcvrobow.h"
#include "dcmtk/dcmdata/dcxfer.h"
// Registers colour images with the encoders, by being included.
#include "dcmtk/dcmimage/diregist.h"
#include "dcmtk/dcmjpeg/djencode.h"
#include "dcmtk/dcmjpls/djencode.h"
#include "dcmtk/oflog/oflog.h"

#include <memory>

struct CDCMTKFixture {
    DcmFileFormat file;
};

namespace {

// Runs `body`; an exception counts as a refusal.
template <typename Body> bool succeeds(Body body)
{
    try {
        return body().good();
    } catch (...) {
        return false;
    }
}

// Only the dictionary's own tag makes Pixel Data an element that can be compressed.
DcmTag tag(uint16_t group, uint16_t element, const DcmVR &vr)
{
    const DcmTagKey key(group, element);
    return key == DCM_PixelData ? DcmTag(key) : DcmTag(key, vr);
}

E_TransferSyntax syntax(const char *uid) { return DcmXfer(uid).getXfer(); }

// DCMTK 3.6.7 makes a JPEG-LS stream's length even by a byte that nobody wrote: zero, so that it is the same each time.
void pad(DcmDataset &dataSet)
{
    DcmElement *element = nullptr;
    DcmPixelSequence *sequence = nullptr;
    E_TransferSyntax syntax = EXS_Unknown;
    const DcmRepresentationParameter *parameter = nullptr;
    if (dataSet.findAndGetElement(DCM_PixelData, element).bad()) return;
    DcmPixelData *pixelData = dynamic_cast<DcmPixelData *>(element);
    if (pixelData == nullptr) return;
    pixelData->getCurrentRepresentationKey(syntax, parameter);
    if (pixelData->getEncapsulatedRepresentation(syntax, parameter, sequence).bad()) return;
    for (unsigned long index = 1; index < sequence->card(); ++index) {
        DcmPixelItem *fragment = nullptr;
        Uint8 *bytes = nullptr;
        if (sequence->getItem(fragment, index).bad() || fragment->getUint8Array(bytes).bad()) return;
        const Uint32 length = fragment->getLength();
        if (length > 3 && bytes[length - 3] == 0xFF && bytes[length - 2] == 0xD9) bytes[length - 1] = 0;
    }
}

OFCondition encapsulate(
    DcmDataset &dataSet, E_TransferSyntax carrier, const uint8_t *bytes, size_t count, size_t frames,
    uint32_t fragmentKiB)
{
    std::unique_ptr<DcmPixelSequence> sequence(new DcmPixelSequence(DcmTag(DCM_PixelSequenceTag)));
    std::unique_ptr<DcmPixelItem> offsetTable(new DcmPixelItem(DcmTag(DCM_PixelItemTag)));
    DcmPixelItem &offsets = *offsetTable;
    OFCondition condition = sequence->insert(offsetTable.get());
    if (condition.bad()) return condition;
    offsetTable.release();
    DcmOffsetList list;
    const size_t length = count / frames;
    for (size_t frame = 0; frame < frames && condition.good(); ++frame) {
        std::unique_ptr<Uint8[]> copy(new Uint8[length]);
        std::copy(bytes + frame * length, bytes + (frame + 1) * length, copy.get());
        condition = sequence->storeCompressedFrame(list, copy.get(), static_cast<Uint32>(length), fragmentKiB);
    }
    if (condition.good()) condition = offsets.createOffsetTable(list);
    if (condition.bad()) return condition;
    std::unique_ptr<DcmPixelData> pixelData(new DcmPixelData(DCM_PixelData));
    pixelData->putOriginalRepresentation(carrier, nullptr, sequence.release());
    condition = dataSet.insert(pixelData.get(), OFTrue);
    if (condition.good()) pixelData.release();
    return condition;
}

}  // namespace

void cdcmtk_fixture_start(void)
{
    OFLog::configure(OFLogger::ERROR_LOG_LEVEL);
    DcmRLEEncoderRegistration::registerCodecs();
    // The SOP Instance UID stays, also where compression loses something.
    DJEncoderRegistration::registerCodecs(ECC_lossyYCbCr, EUC_never);
    // Padding with FFH inside the stream is not wanted: see `pad`.
    DJLSEncoderRegistration::registerCodecs(
        0, 0, 0, 0, OFTrue, 0, OFTrue, EJLSUC_never, OFFalse, DJLSCodecParameter::interleaveDefault, OFFalse);
}

CDCMTKFixture *cdcmtk_fixture_create(void)
{
    try {
        return new CDCMTKFixture;
    } catch (...) {
        return nullptr;
    }
}

void cdcmtk_fixture_release(CDCMTKFixture *fixture) { delete fixture; }

bool cdcmtk_fixture_put(CDCMTKFixture *fixture, const char *path, const uint8_t *value, size_t count)
{
    return succeeds([&] {
        const OFString text(reinterpret_cast<const char *>(value), count);
        DcmPathProcessor processor;
        return processor.applyPathWithValue(fixture->file.getDataset(), OFString(path) + "=" + text);
    });
}

bool cdcmtk_fixture_put_bytes(
    CDCMTKFixture *fixture, uint16_t group, uint16_t element, const char *vr, const uint8_t *bytes, size_t count)
{
    return succeeds([&] {
        DcmDataset &dataSet = *fixture->file.getDataset();
        const DcmTag tag = ::tag(group, element, DcmVR(vr));
        if (DcmVR(vr).getEVR() != EVR_UN)
            return dataSet.putAndInsertUint8Array(tag, bytes, static_cast<unsigned long>(count));
        std::unique_ptr<DcmElement> unknown(new DcmOtherByteOtherWord(tag));
        OFCondition condition = unknown->putUint8Array(bytes, static_cast<unsigned long>(count));
        if (condition.good()) condition = dataSet.insert(unknown.get(), OFTrue);
        if (condition.good()) unknown.release();
        return condition;
    });
}

bool cdcmtk_fixture_put_words(
    CDCMTKFixture *fixture, uint16_t group, uint16_t element, const uint16_t *words, size_t count)
{
    return succeeds([&] {
        return fixture->file.getDataset()->putAndInsertUint16Array(
            tag(group, element, DcmVR(EVR_OW)), words, static_cast<unsigned long>(count));
    });
}

bool cdcmtk_fixture_compress(CDCMTKFixture *fixture, const char *transferSyntaxUID)
{
    return succeeds([&] {
        DcmDataset &dataSet = *fixture->file.getDataset();
        const OFCondition condition = dataSet.chooseRepresentation(syntax(transferSyntaxUID), nullptr);
        if (condition.good()) {
            dataSet.removeAllButCurrentRepresentations();
            pad(dataSet);
        }
        return condition;
    });
}

bool cdcmtk_fixture_encapsulate(
    CDCMTKFixture *fixture, const char *carrierUID, const uint8_t *bytes, size_t count, size_t frames,
    uint32_t fragmentKiB)
{
    return succeeds([&] {
        return encapsulate(
            *fixture->file.getDataset(), syntax(carrierUID), bytes, count, frames, fragmentKiB);
    });
}

bool cdcmtk_fixture_put_meta(CDCMTKFixture *fixture, uint16_t element, const char *value)
{
    return succeeds([&] { return fixture->file.getMetaInfo()->putAndInsertString(DcmTag(0x0002, element), value); });
}

bool cdcmtk_fixture_save(
    CDCMTKFixture *fixture, const char *path, const char *carrierUID, bool definedLengths, bool groupLengths)
{
    return succeeds([&] {
        const Uint8 version[] = {0, 1};
        DcmMetaInfo &meta = *fixture->file.getMetaInfo();
        OFCondition condition = meta.putAndInsertUint8Array(DCM_FileMetaInformationVersion, version, 2);
        if (condition.bad()) return condition;
        condition = meta.computeGroupLengthAndPadding(
            EGL_withGL, EPD_noChange, EXS_LittleEndianExplicit, EET_ExplicitLength);
        if (condition.bad()) return condition;
        return fixture->file.saveFile(
            path, syntax(carrierUID), definedLengths ? EET_ExplicitLength : EET_UndefinedLength,
            groupLengths ? EGL_recalcGL : EGL_withoutGL, EPD_withoutPadding, 0, 0, EWM_dontUpdateMeta);
    });
}
