// The push service of a browser maker, as a test meets it: it takes what is sent to a browser, which alone can read it (RFC 8030, RFC 8291).
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { once } from "node:events";
import { buffer } from "node:stream/consumers";

/** Reads a message as the browser does to which it was sent (RFC 8291 §3.4, RFC 8188 §2.1: one record, with its padding). */
function opened(body, browser, auth) {
  const [salt, theirs] = [body.subarray(0, 16), body.subarray(21, 21 + body[20])];
  const secret = browser.computeSecret(theirs);
  const info = Buffer.concat([Buffer.from("WebPush: info\0"), browser.getPublicKey(), theirs]);
  const key = Buffer.from(hkdfSync("sha256", secret, auth, info, 32));
  const derived = (what, length) => Buffer.from(hkdfSync("sha256", key, salt, `Content-Encoding: ${what}\0`, length));
  const sealed = body.subarray(21 + body[20]);
  const decipher = createDecipheriv("aes-128-gcm", derived("aes128gcm", 16), derived("nonce", 12));
  decipher.setAuthTag(sealed.subarray(-16));
  const padded = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  return padded.subarray(0, padded.lastIndexOf(2)).toString();
}

/** Starts one, with one browser that is subscribed. `got` are the messages as the browser reads them, with the headers they came with. */
export async function startPushService() {
  const browser = createECDH("prime256v1");
  browser.generateKeys();
  const auth = randomBytes(16);
  const got = [];
  let waits = () => undefined;
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    got.push({ headers: request.headers, text: opened(body, browser, auth) });
    response.writeHead(201).end();
    waits();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    got,
    subscription: {
      endpoint: `http://127.0.0.1:${server.address().port}/push/${randomBytes(16).toString("base64url")}`,
      keys: { p256dh: browser.getPublicKey("base64url"), auth: auth.toString("base64url") },
    },
    /** The first message that is what is looked for, of those that come after so many, as soon as there is one. */
    async message(wanted, after = 0) {
      for (;;) {
        const found = got.slice(after).map(({ text }) => JSON.parse(text)).find(wanted);
        if (found) return found;
        await new Promise((heard) => (waits = heard));
      }
    },
    stop: () => new Promise((done) => (server.closeAllConnections(), server.close(done))),
  };
}
