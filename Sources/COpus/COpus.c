#include "COpus.h"

#include <opus/opus.h>

speech_encoder *speech_encoder_make(int rate, int complexity) {
    int error;
    OpusEncoder *made = opus_encoder_create(rate, 1, OPUS_APPLICATION_VOIP, &error);
    if (!made) return 0;
    if (opus_encoder_ctl(made, OPUS_SET_COMPLEXITY(complexity)) == OPUS_OK && opus_encoder_ctl(made, OPUS_SET_INBAND_FEC(1)) == OPUS_OK
        && opus_encoder_ctl(made, OPUS_SET_DTX(0)) == OPUS_OK && opus_encoder_ctl(made, OPUS_SET_SIGNAL(OPUS_SIGNAL_VOICE)) == OPUS_OK) {
        return (speech_encoder *)made;
    }
    opus_encoder_destroy(made);
    return 0;
}

void speech_encoder_free(speech_encoder *encoder) {
    if (encoder) opus_encoder_destroy((OpusEncoder *)encoder);
}

int speech_encoder_set_bitrate(speech_encoder *encoder, int bitrate) {
    return opus_encoder_ctl((OpusEncoder *)encoder, OPUS_SET_BITRATE(bitrate)) == OPUS_OK;
}

int speech_encoder_set_loss(speech_encoder *encoder, int percent) {
    return opus_encoder_ctl((OpusEncoder *)encoder, OPUS_SET_PACKET_LOSS_PERC(percent)) == OPUS_OK;
}

int speech_encoder_encode(speech_encoder *encoder, const int16_t *samples, int count, uint8_t *bytes, int room) {
    return opus_encode((OpusEncoder *)encoder, samples, count, bytes, room);
}

speech_decoder *speech_decoder_make(int rate) {
    int error;
    return (speech_decoder *)opus_decoder_create(rate, 1, &error);
}

void speech_decoder_free(speech_decoder *decoder) {
    if (decoder) opus_decoder_destroy((OpusDecoder *)decoder);
}

int speech_decoder_decode(speech_decoder *decoder, const uint8_t *bytes, int count, int16_t *samples, int room) {
    return opus_decode((OpusDecoder *)decoder, bytes, count, samples, room, 0);
}

int speech_decoder_recover(speech_decoder *decoder, const uint8_t *bytes, int count, int16_t *samples, int samples_count) {
    return opus_decode((OpusDecoder *)decoder, bytes, count, samples, samples_count, 1);
}

int speech_decoder_conceal(speech_decoder *decoder, int16_t *samples, int samples_count) {
    return opus_decode((OpusDecoder *)decoder, 0, 0, samples, samples_count, 0);
}

int speech_packet_samples(const uint8_t *bytes, int count, int rate) { return opus_packet_get_nb_samples(bytes, count, rate); }
