/* HTML as text: each tag's place in it, what is hidden, what is a signature, and what is too much. */
#include "../unit.h"

#include "base/text.h"
#include "message/html.h"

struct row {
	const char *name, *html, *text;
	bool hidden;
};

#define SIGNED(mark) "<div>isi</div><div " mark ">Budi</div>"
static const struct row rows[] = {
	{ "inline", "a <b>b</b><i>c</i> <span>d</span>", "a bc d", false },
	{ "blocks", "<div>a</div><section>b</section><article>c</article><center>d</center><address>e</address>", "a\nb\nc\nd\ne",
	  false },
	{ "more_blocks", "<form>a</form><dl><dt>b</dt><dd>c</dd></dl><header>d</header><footer>e</footer>", "a\nb\nc\nd\ne",
	  false },
	{ "paragraphs", "<p>a</p><h1>b</h1><h2>c</h2><h3>d</h3><h4>e</h4><p>f", "a\n\nb\n\nc\n\nd\n\ne\n\nf", false },
	{ "word_paragraphs", "<p class=MsoNormal>a</p><p class=MsoNormal>b</p>", "a\nb", false },
	{ "breaks", "a<br>b<br><br>c", "a\nb\n\nc", false },
	{ "rule", "a<hr>b", "a\n________________\nb", false },
	{ "lists", "<ul><li>a<li>b</ul><ol><li>c</ol>", "- a\n- b\n\n- c", false },
	{ "table", "<table><tr><th>a<th>b<tr><td>c<td>d</table>", "a | b\nc | d", false },
	{ "quote", "a<blockquote>b<blockquote>c</blockquote></blockquote>d", "a\n> b\n> > c\n> \nd", false },
	{ "indent_is_no_quote", "a<blockquote style=\"margin:0 0 0 40px; border:none\">b</blockquote>c", "a\nb\nc", false },
	{ "preformatted", "<pre>a  b\nc</pre>d", "a b\nc\nd", false },
	{ "skipped",
	  "<head><title>x</title></head>a<script>x</script><style>x</style><template>x</template><noscript>x</noscript>"
	  "<svg><text>x</text></svg><object>x</object>b",
	  "ab", false },
	{ "references", "a&#8203;b&nbsp;c&#27;d&#x2028;e&amp;f&#13;g", "ab cde&f g", false },
	{ "cdata", "<svg><![CDATA[x]]></svg><math><![CDATA[y]]></math>a", "ya", false },
	{ "hidden_display", "a<div style=\"DISPLAY: none\">x</div>", "a", true },
	{ "hidden_visibility", "a<div style=\"visibility : hidden\">x</div>", "a", true },
	{ "hidden_size", "a<span style=\"font-size:0;color:red\">x</span>", "a", true },
	{ "hidden_pixels", "a<span style=\"font-size:0px\">x</span>", "a", true },
	{ "hidden_word", "a<span style=\"mso-hide:all\">x</span>", "a", true },
	{ "hidden_height", "a<div style=\"max-height:0\">x</div>", "a", true },
	{ "hidden_attribute", "a<div hidden>x</div>", "a", true },
	{ "small_is_seen", "a<span style=\"font-size:0.8em\"> b</span>", "a b", false },
	{ "signature_gmail", SIGNED("class=\"gmail_signature\""), "isi\n-- \nBudi", false },
	{ "signature_thunderbird", SIGNED("class=moz-signature"), "isi\n-- \nBudi", false },
	{ "signature_zimbra", SIGNED("data-marker=__SIG_PRE__"), "isi\n-- \nBudi", false },
	{ "signature_outlook", SIGNED("id=Signature"), "isi\n-- \nBudi", false },
	{ "signature_mobile", SIGNED("id=ms-outlook-mobile-signature"), "isi\n-- \nBudi", false },
	{ "signature_marked_already", "<div>isi</div><div>-- </div><div class=gmail_signature>Budi</div>", "isi\n--\nBudi",
	  false },
	{ "signature_alone", "<div class=gmail_signature>Budi</div>", "Budi", false },
	{ "emoji_as_picture", "a <img alt=\"\xf0\x9f\x99\x8f\"><img alt=\"logo\"><img alt=\"\xe2\x9c\x85 ok\"><img alt>",
	  "a \xf0\x9f\x99\x8f\xe2\x9c\x85 ok", false },
	{ "nothing", "", "", false },
	{ "comment_alone", "<!-- x -->", "", false },
};

static void row(void **state)
{
	const struct row *r = *state;
	struct html_facts facts = { 0 };
	AUTO_BUF out = BUF_INIT(64 * 1024);
	html_to_text(span_str(r->html), &out, &facts);
	assert_int_equal(buf_status(&out), 0);
	struct span text = span_trim(buf_span(&out));
	if (!span_eq(text, span_str(r->text)) || facts.hidden != r->hidden)
		fail_msg("\"%.*s\", hidden %d", (int)text.n, (const char *)text.p, facts.hidden);
}

/* Deeper and heavier than is understood: the words without the markup, none lost. */
static void too_much_is_stripped(void **state)
{
	AUTO_BUF in = BUF_INIT(8 * 1024 * 1024), out = BUF_INIT(8 * 1024 * 1024);
	struct html_facts facts = { 0 };
	(void)state;
	for (size_t i = 0; i < 3000; i++)
		buf_add_str(&in, "<div a='b'>");
	buf_add_str(&in, "isi > sini</div><p>akhir");
	html_to_text(buf_span(&in), &out, &facts);
	assert_string_equal(span_trim(buf_span(&out)).p, "isi > sini  akhir");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(too_much_is_stripped) };
	ADD_ROWS(rows, row);
	ADD_TESTS(tests);
	return RUN_SUITE("html");
}
