// Firefox as Debian ships it (ESR), driven over WebDriver BiDi (https://w3c.github.io/webdriver-bidi/). playwright-core drives only a Firefox that
// was patched for it, or one newer than the ESR.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { WebSocket } from "ws";

/** The program: what FIREFOX names, else Debian's; undefined where there is none. */
export const firefox = [process.env.FIREFOX, "/usr/bin/firefox-esr"].find((path) => path && existsSync(path));

// Whatever is not on this machine is asked of a proxy that nobody runs.
const preferences = { "network.proxy.type": 1, "network.proxy.http": "127.0.0.1", "network.proxy.http_port": 9, "network.proxy.ssl": "127.0.0.1", "network.proxy.ssl_port": 9, "network.captive-portal-service.enabled": false };

/** Keeps what goes wrong in the page, before anything of it runs. */
const watching = `() => {
  window.faults = [];
  addEventListener("error", (e) => window.faults.push("error: " + e.message));
  addEventListener("unhandledrejection", (e) => window.faults.push("rejected: " + e.reason));
  document.addEventListener("securitypolicyviolation", (e) => window.faults.push("policy: " + e.violatedDirective));
}`;

/** One Firefox with one tab. */
export class Firefox {
  #process;
  #socket;
  #folder;
  #tab;
  #next = 1;
  #waiting = new Map();

  static async launch() {
    const it = new Firefox();
    it.#folder = await mkdtemp(join(tmpdir(), "ucpalert-firefox-"));
    await writeFile(join(it.#folder, "user.js"), Object.entries(preferences).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`).join(""));
    it.#process = spawn(firefox, ["--headless", "--no-remote", "--profile", it.#folder, "--remote-debugging-port", "0"], { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, HOME: it.#folder } });
    try {
      await it.#connect();
    } catch (fault) {
      await it.close();
      throw fault;
    }
    return it;
  }

  async #connect() {
    const ended = new Promise((_, fail) => {
      this.#process.once("error", fail);
      this.#process.once("exit", (code, signal) => fail(new Error(`Firefox ended (${signal ?? code})`)));
    });
    ended.catch(() => undefined);
    const listening = new Promise((done) => {
      createInterface({ input: this.#process.stderr }).on("line", (line) => {
        const at = /WebDriver BiDi listening on (ws:\S+)/.exec(line);
        if (at) done(at[1]);
      });
    });
    this.#socket = new WebSocket(`${await Promise.race([listening, ended])}/session`);
    await Promise.race([new Promise((done, fail) => this.#socket.once("open", done).once("error", fail)), ended]);
    this.#socket.on("message", (text) => this.#answered(JSON.parse(text)));
    const { capabilities } = await this.#ask("session.new", { capabilities: {} });
    this.version = capabilities.browserVersion;
    this.#tab = (await this.#ask("browsingContext.getTree", {})).contexts[0].context;
    await this.#ask("script.addPreloadScript", { functionDeclaration: watching });
    await this.#ask("browsingContext.setViewport", { context: this.#tab, viewport: { width: 1440, height: 900 } });
  }

  #answered({ id, type, result, error, message }) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (type === "error") waiting?.fail(new Error(`${error}: ${message}`));
    else waiting?.done(result);
  }

  #ask(method, params) {
    const id = this.#next++;
    return new Promise((done, fail) => {
      this.#waiting.set(id, { done, fail });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  /** Whoever signed in with a token in this tab is still so on each page of the service. */
  async signedIn(token) {
    await this.#ask("script.addPreloadScript", { functionDeclaration: `() => { try { sessionStorage.setItem("ucpalert.token", ${JSON.stringify(token)}); } catch {} }` });
  }

  async open(url) {
    await this.#ask("browsingContext.navigate", { context: this.#tab, url, wait: "complete" });
  }

  /** What an expression gives in the page, as a string. */
  async read(expression) {
    const { result, exceptionDetails } = await this.#ask("script.evaluate", { expression: `String(${expression})`, target: { context: this.#tab }, awaitPromise: true });
    if (exceptionDetails) throw new Error(exceptionDetails.text);
    return result.value;
  }

  /** Waits until an expression holds in the page. */
  async until(expression, patience = 60_000) {
    const end = Date.now() + patience;
    while ((await this.read(`Boolean(${expression})`)) !== "true") {
      if (Date.now() > end) throw new Error(`it never came to ${expression}; the page says ${(await this.read("document.body.innerText")).slice(0, 600)}`);
      await new Promise((done) => setTimeout(done, 100));
    }
  }

  /** Clicks with the pointer on the middle of what the selector finds first. */
  async click(selector) {
    await this.until(`document.querySelector(${JSON.stringify(selector)})`);
    const { nodes } = await this.#ask("browsingContext.locateNodes", { context: this.#tab, locator: { type: "css", value: selector }, maxNodeCount: 1 });
    await this.read(`document.querySelector(${JSON.stringify(selector)}).scrollIntoView({ block: "center" })`);
    const origin = { type: "element", element: { sharedId: nodes[0].sharedId } };
    const actions = [{ type: "pointerMove", x: 0, y: 0, origin }, { type: "pointerDown", button: 0 }, { type: "pointerUp", button: 0 }];
    await this.#ask("input.performActions", { context: this.#tab, actions: [{ type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions }] });
  }

  /** Presses a key, as WebDriver names it. */
  async press(key) {
    await this.#ask("input.performActions", { context: this.#tab, actions: [{ type: "key", id: "keyboard", actions: [{ type: "keyDown", value: key }, { type: "keyUp", value: key }] }] });
  }

  /** The page as a PNG. */
  async picture() {
    return Buffer.from((await this.#ask("browsingContext.captureScreenshot", { context: this.#tab })).data, "base64");
  }

  async close() {
    const gone = this.#process.exitCode !== null || this.#process.signalCode !== null || new Promise((done) => this.#process.once("exit", done));
    this.#process.kill("SIGKILL");
    await gone;
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
