// Hears keys that are pressed as tones in the sound itself (DTMF, ITU-T Q.23 and Q.24), by libspandsp.
#ifndef CSPANDSP_H
#define CSPANDSP_H

#include <stdint.h>

/// One party's detector; holds what it has heard of a key so far.
typedef struct key_detector key_detector;

/// Null if memory is short.
key_detector *key_detector_make(void);
void key_detector_free(key_detector *detector);

/// Hears `count` samples at 8,000 a second. Returns the key that is down at their end, 0 if none.
int key_detector_hear(key_detector *detector, const int16_t *samples, int count);

#endif
