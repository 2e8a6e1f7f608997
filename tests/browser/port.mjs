// A port for a server of a test.
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * A port of this machine that nobody listens on. It lies below those that the system gives to whoever connects somewhere (32768 and up on
 * Linux), so that no connection of a test beside this one takes it before the server does, or while the server is away.
 */
export async function freePort() {
  for (;;) {
    const port = 15_000 + Math.floor(Math.random() * 15_000);
    const server = createServer();
    const taken = new Promise((done) => server.once("error", () => done(true)));
    server.listen(port, "127.0.0.1");
    if (await Promise.race([taken, once(server, "listening").then(() => false, () => true)])) continue;
    await new Promise((done) => server.close(done));
    return port;
  }
}

// The programs of several tests run side by side, and the address of administration is one port by default.
process.env.UCPALERT_ADMIN_ADDRESS ??= "";
