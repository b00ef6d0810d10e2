#include "CSpanDSP.h"

#include <spandsp.h>

key_detector *key_detector_make(void) { return (key_detector *)dtmf_rx_init(NULL, NULL, NULL); }

void key_detector_free(key_detector *detector) {
    if (detector) dtmf_rx_free((dtmf_rx_state_t *)detector);
}

int key_detector_hear(key_detector *detector, const int16_t *samples, int count) {
    dtmf_rx((dtmf_rx_state_t *)detector, samples, count);
    // 'x' says that the last block was not quiet enough to tell.
    int key = dtmf_rx_status((dtmf_rx_state_t *)detector);
    char taken[8];
    dtmf_rx_get((dtmf_rx_state_t *)detector, taken, sizeof taken);
    return key == 'x' ? 0 : key;
}
