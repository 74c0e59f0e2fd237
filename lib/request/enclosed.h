/* Is a letter of request or recommendation with the mail, attached or as its own text? */
#ifndef SITANTE_REQUEST_ENCLOSED_H
#define SITANTE_REQUEST_ENCLOSED_H

#include "request/request.h"

bool letter_enclosed(const struct message *m, const struct request *q);

#endif
