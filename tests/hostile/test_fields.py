"""T27a: every header field x every hostile value, in outer and inner parts, plain, folded and doubled, through the real
reader.  No row kills it, and none gives authority.  A run of the suite takes what its time allows; SITANTE_WHOLE=1
takes all rows."""
import os
import sys
import time

import feed
import mails

SECONDS = None if os.environ.get("SITANTE_WHOLE") else 45
STRIDE = 7919  # a prime: whatever the time allows is spread over all of the table

print("1..1")
rows, bad, read, began = mails.table(), [], 0, time.monotonic()
with feed.Feed(sys.argv[1], sys.argv[2]) as reader:
    for i in range(len(rows)):
        name, mail = mails.row(rows[i * STRIDE % len(rows)])
        answer = reader.read(mail)
        read += 1
        if answer["outcome"] != "read" or answer["proof"] == "pass":
            bad.append((name, answer))
        if SECONDS and time.monotonic() - began > SECONDS:
            break
for name, answer in bad[:20]:
    print("#", name, answer)
good = not bad and read >= 500
print("%sok 1 - T27a %d of %d rows read, %d wrong, %.1f s" % ("" if good else "not ", read, len(rows), len(bad), time.monotonic() - began))
sys.exit(0 if good else 1)
