/* /tahan, /lepas-tahan: nothing of the ticket is destroyed as long as a hold lies on it. */
#include "casework/casework_private.h"

void run_tahan(struct errand *e, const struct command *c)
{
	if (text_is_blank(c->text)) {
		errand_refuse(e, c, "Tulislah alasannya, misalnya: /tahan pemeriksaan Inspektorat.");
		return;
	}
	if (e->t->is_emptied) {
		errand_refuse(e, c, "Isi tiket ini sudah dimusnahkan, sehingga tidak ada lagi yang dapat ditahan.");
		return;
	}
	if (!errand_event(e, EVENT_HOLD_SET, say(e->w, "%.300s", c->text)))
		return;
	e->t->hold = c->text;
	errand_done(e, c, "data dan surat tiket ini tidak dimusnahkan selama masih ditahan. Untuk melepasnya: /lepas-tahan");
}

void run_lepas_tahan(struct errand *e, const struct command *c)
{
	if (!e->t->hold) {
		errand_refuse(e, c, "Tiket ini tidak sedang ditahan dari pemusnahan.");
		return;
	}
	if (!errand_event(e, EVENT_HOLD_ENDED, NULL))
		return;
	e->t->hold = NULL;
	errand_done(e, c, "tiket ini boleh dimusnahkan lagi pada waktunya.");
}
