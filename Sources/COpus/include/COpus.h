// Speech in Opus (RFC 6716), by libopus, whose settings are macros over a variadic function. Nothing is allocated after making.
#ifndef COPUS_H
#define COPUS_H

#include <stdint.h>

typedef struct speech_encoder speech_encoder;

/// For one channel of speech with `rate` samples a second (8,000, 12,000, 16,000, 24,000 or 48,000), with in-band FEC and without DTX.
/// `complexity`: 0 to 10. Null if memory is short or the rate is another one.
speech_encoder *speech_encoder_make(int rate, int complexity);
void speech_encoder_free(speech_encoder *encoder);
/// In bits a second, 6,000 to 64,000.
int speech_encoder_set_bitrate(speech_encoder *encoder, int bitrate);
/// In percent: how much is spent on repeating the frame before.
int speech_encoder_set_loss(speech_encoder *encoder, int percent);
/// Encodes one frame (2.5 to 60 ms). Returns its length, at most `room`; negative if it fails.
int speech_encoder_encode(speech_encoder *encoder, const int16_t *samples, int count, uint8_t *bytes, int room);

typedef struct speech_decoder speech_decoder;

speech_decoder *speech_decoder_make(int rate);
void speech_decoder_free(speech_decoder *decoder);
/// Returns the number of samples, at most `room`; negative if the bytes are no Opus.
int speech_decoder_decode(speech_decoder *decoder, const uint8_t *bytes, int count, int16_t *samples, int room);
/// The frame before `bytes`, which was lost and had `samples_count` samples, out of what these repeat of it; concealed where they repeat
/// nothing. Returns the number of samples; negative if the bytes are no Opus.
int speech_decoder_recover(speech_decoder *decoder, const uint8_t *bytes, int count, int16_t *samples, int samples_count);
/// As many samples that follow from those before.
int speech_decoder_conceal(speech_decoder *decoder, int16_t *samples, int samples_count);

/// How many samples at `rate` a packet holds; negative if it is no Opus.
int speech_packet_samples(const uint8_t *bytes, int count, int rate);

#endif
