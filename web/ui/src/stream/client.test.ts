import assert from "node:assert/strict";
import { test } from "node:test";
import { missedChecks } from "./check.ts";
import { CommandLost, CommandRefused, StreamClient, type Status } from "./client.ts";
import { type DepartmentStatus, parseFrame } from "./messages.ts";
import { PretendWorld } from "./pretend.ts";
import { screenName } from "./screen.ts";

const raised = { id: "a1", department: "RQW-AE", state: "raised" };

function follow() {
  const world = new PretendWorld();
  const story: string[] = [];
  const states: Status[] = [];
  const broken = { now: false };
  const client = new StreamClient({
    url: "ws://board/stream/departments/RQW-AE",
    token: () => "demo-screen-RQW-AE",
    surroundings: world,
    handler: {
      snapshot: (alerts, reason) => story.push(`snapshot ${reason} ${alerts.map((a) => a.id).join(",")}`),
      change: (frame) => {
        if (broken.now) throw new Error("could not draw");
        story.push(`${frame.change} ${frame.alert.id}`);
      },
      status: (status) => states.push(status),
    },
  });
  client.start();
  return { world, story, states, client, broken };
}

function live() {
  const f = follow();
  f.world.latest.opens();
  f.world.latest.welcomes("e1/10");
  f.world.latest.shows("e1/10");
  f.world.latest.beats("e1/10");
  f.story.length = 0;
  return f;
}

test("the first message is hello with the token, and no position on the first visit", () => {
  const { world } = follow();
  world.latest.opens();
  assert.equal(world.latest.url, "ws://board/stream/departments/RQW-AE");
  assert.equal(world.latest.protocol, "ucpalert.v1");
  assert.deepEqual(world.latest.heard, [{ type: "hello", token: "demo-screen-RQW-AE" }]);
});

test("not green when the socket is open, nor at welcome, only when the list is there", () => {
  const { world, client, story } = follow();
  assert.equal(client.status.health, "waiting");
  world.latest.opens();
  assert.equal(client.status.health, "waiting");
  world.latest.welcomes("e1/10");
  assert.equal(client.status.health, "waiting");
  world.latest.shows("e1/10", raised);
  assert.equal(client.status.health, "live");
  assert.deepEqual(story, ["snapshot first a1"]);
});

test("changes come in order and move the position", () => {
  const { world, story } = live();
  world.latest.says({ type: "alert", position: "e1/11", previous: "e1/10", change: "raised", alert: raised });
  world.latest.says({ type: "alert", position: "e1/14", previous: "e1/11", change: "acknowledged", alert: { ...raised, state: "acknowledged" } });
  world.latest.beats("e1/14");
  assert.deepEqual(story, ["raised a1", "acknowledged a1"]);
  assert.equal(world.sockets.length, 1);
});

test("after a cut it comes back with its position, and a resumed stream is live without a new list", () => {
  const { world, story, client } = live();
  world.latest.hangsUp(1006);
  assert.equal(client.status.health, "waiting");
  world.pass(1);
  world.latest.opens();
  assert.deepEqual(world.latest.heard, [{ type: "hello", token: "demo-screen-RQW-AE", after: "e1/10" }]);
  world.latest.welcomes("e1/10", true);
  assert.equal(client.status.health, "live");
  world.latest.says({ type: "alert", position: "e1/12", previous: "e1/10", change: "raised", alert: raised });
  assert.deepEqual(story, ["raised a1"]);
});

test("a server that cannot resume sends the list, told apart from the first one", () => {
  const { world, story } = live();
  world.latest.hangsUp(1001);
  world.pass(1);
  world.latest.opens();
  world.latest.welcomes("e2/3");
  world.latest.shows("e2/3", raised);
  assert.deepEqual(story, ["snapshot returned a1"]);
});

test("an alert frame that does not follow on is a gap: dropped, and everything asked for again", () => {
  const { world, story, client } = live();
  const first = world.latest;
  first.says({ type: "alert", position: "e1/13", previous: "e1/12", change: "raised", alert: raised });
  assert.deepEqual(story, []);
  assert.ok(first.closedByClient);
  assert.equal(client.status.health, "waiting");
  world.pass(1);
  world.latest.opens();
  assert.deepEqual(world.latest.heard, [{ type: "hello", token: "demo-screen-RQW-AE" }]);
  world.latest.welcomes("e1/13");
  world.latest.shows("e1/13", raised);
  assert.deepEqual(story, ["snapshot gap a1"]);
});

test("a heartbeat at another position is a gap", () => {
  const { world } = live();
  const first = world.latest;
  first.beats("e1/11");
  assert.ok(first.closedByClient);
});

test("a resumed stream that begins elsewhere than where this client stopped is a gap", () => {
  const { world, client } = live();
  world.latest.hangsUp(1006);
  world.pass(1);
  world.latest.opens();
  world.latest.welcomes("e1/15", true);
  assert.notEqual(client.status.health, "live");
  world.pass(1);
  world.latest.opens();
  assert.equal(world.latest.heard[0]?.["after"], undefined);
});

test("a change that could not be drawn is asked for again", () => {
  const { world, broken, story } = live();
  const first = world.latest;
  broken.now = true;
  assert.throws(() => first.says({ type: "alert", position: "e1/11", previous: "e1/10", change: "raised", alert: raised }));
  broken.now = false;
  first.beats("e1/11");
  assert.ok(first.closedByClient, "the heartbeat shows that one is missing");
  world.pass(1);
  world.latest.opens();
  world.latest.welcomes("e1/11");
  world.latest.shows("e1/11", raised);
  assert.deepEqual(story, ["snapshot gap a1"]);
});

test("silence: comes back after three heartbeats, and is red after 45 seconds, not before", () => {
  const { world, client } = live();
  const first = world.latest;
  world.pass(14);
  assert.equal(client.status.health, "live");
  world.pass(3);
  assert.ok(first.closedByClient);
  assert.equal(client.status.health, "waiting");
  world.pass(27);
  assert.equal(client.status.health, "waiting");
  world.pass(2);
  assert.equal(client.status.health, "lost");
  assert.equal(client.status.lastHeard?.toISOString(), "2026-11-22T14:02:10.000Z");
});

test("a server that was never heard is red after 45 seconds, and green as soon as it is heard", () => {
  const { world, client } = follow();
  world.pass(46);
  assert.equal(client.status.health, "lost");
  assert.equal(client.status.lastHeard, undefined);
  const before = world.latest;
  while (world.latest === before) world.pass(0.5);
  world.latest.opens();
  world.latest.welcomes("e1/1");
  world.latest.shows("e1/1");
  assert.equal(client.status.health, "live");
});

test("a machine that slept: not green on what waited in the buffer, only on a new connection", () => {
  const { world, client } = live();
  const before = world.latest;
  world.sleep(3_600);
  before.beats("e1/10");
  assert.equal(client.status.health, "waiting");
  assert.ok(before.closedByClient);
  world.latest.opens();
  assert.equal(client.status.health, "waiting");
  world.latest.welcomes("e1/10", true);
  assert.equal(client.status.health, "live");
});

test("a frozen page: not green on what waited in the buffer", () => {
  const { world, client } = live();
  const before = world.latest;
  world.freeze(60);
  before.beats("e1/10", "2026-11-22T14:02:15Z");
  assert.notEqual(client.status.health, "live");
  assert.notEqual(world.latest, before);
});

test("a page shown again is not green until the next frame", () => {
  const { world, client } = live();
  client.doubt();
  assert.equal(client.status.health, "waiting");
  world.latest.beats("e1/10");
  assert.equal(client.status.health, "live");
  assert.equal(world.sockets.length, 1);
});

test("the wall clock set back does not keep a silent screen green", () => {
  const { world, client } = live();
  world.sleep(-3_600);
  world.pass(50);
  assert.equal(client.status.health, "lost");
});

test("waits grow with each failure up to ten seconds, and start again after a working connection", () => {
  const { world } = live();
  const waits: number[] = [];
  for (let i = 0; i < 8; i++) {
    const before = world.sockets.length;
    world.latest.hangsUp(1006);
    let waited = 0;
    for (; world.sockets.length === before; waited += 0.125) world.pass(0.125);
    waits.push(waited);
  }
  assert.deepEqual(waits, [0.375, 0.75, 1.5, 3, 6, 7.5, 7.5, 7.5]);
});

test("close codes that say do not come back are obeyed, and named", () => {
  for (const [code, ending] of [[1002, "protocol-error"], [4400, "protocol-error"], [4401, "sign-in"], [4403, "not-allowed"], [4404, "no-such-department"]] as const) {
    const { world, client } = live();
    world.latest.hangsUp(code);
    world.pass(120);
    assert.equal(world.sockets.length, 1, `code ${code}`);
    assert.equal(client.status.ending, ending);
    assert.equal(client.status.health, "lost");
  }
});

test("every other close code means come back", () => {
  for (const code of [1000, 1001, 1006, 1011, 1012, 1013, 4408, 4413, 4999]) {
    const { world, client } = live();
    world.latest.hangsUp(code);
    world.pass(1);
    assert.equal(world.sockets.length, 2, `code ${code}`);
    assert.equal(client.status.ending, undefined);
  }
});

test("no welcome within ten seconds: tries another connection", () => {
  const { world } = follow();
  world.latest.opens();
  const first = world.latest;
  world.pass(12);
  assert.ok(first.closedByClient);
  assert.ok(world.sockets.length > 1);
});

test("acknowledging is done when the server says so", async () => {
  const { world, client } = live();
  const answer = client.send("acknowledge", "a1");
  assert.equal(client.send("acknowledge", "a1"), answer, "pressing twice is one command");
  assert.deepEqual(world.latest.heard.slice(1), [{ type: "acknowledge", alert: "a1" }]);
  world.latest.says({ type: "done", command: "acknowledge", alert: "a1" });
  await answer;
});

test("a refusal carries its reason", async () => {
  const { world, client } = live();
  const answer = client.send("acknowledge", "a1");
  world.latest.says({ type: "refused", command: "acknowledge", alert: "a1", reason: "already acknowledged" });
  await assert.rejects(answer, (e) => e instanceof CommandRefused && e.message === "already acknowledged");
});

test("an answer to another command or alert is not mine", async () => {
  const { world, client } = live();
  const answer = client.send("acknowledge", "a1");
  world.latest.says({ type: "done", command: "seen", alert: "a1" });
  world.latest.says({ type: "done", command: "acknowledge", alert: "a2" });
  world.latest.says({ type: "refused", command: "acknowledge", alert: "a1", reason: "no" });
  await assert.rejects(answer, CommandRefused);
});

test("a command without an answer, a connection or a stream is lost, never silently dropped", async () => {
  const { world, client } = live();
  const unanswered = client.send("seen", "a1");
  const failed = assert.rejects(unanswered, CommandLost);
  for (let i = 0; i < 3; i++) {
    world.pass(4);
    world.latest.beats("e1/10");
  }
  await failed;
  const cut = assert.rejects(client.send("acknowledge", "a1"), CommandLost);
  world.latest.hangsUp(1006);
  await cut;
  await assert.rejects(client.send("acknowledge", "a1"), CommandLost);
});

test("a frame that cannot be read brings a new connection and a new list", () => {
  for (const bad of ["not json", "[]", '{"type":"alert"}', '{"type":"heartbeat","position":"e1/10","time":"soon"}']) {
    const { world } = live();
    const first = world.latest;
    first.says(bad);
    assert.ok(first.closedByClient, bad);
    world.pass(1);
    world.latest.opens();
    assert.equal(world.latest.heard[0]?.["after"], undefined, bad);
  }
});

test("a type that this client does not know is passed over", () => {
  const { world, client } = live();
  world.latest.says({ type: "weather", position: "e9/9" });
  assert.equal(client.status.health, "live");
});

test("a stopped client says nothing more and opens nothing more", () => {
  const { world, client, states } = live();
  client.stop();
  const said = states.length;
  world.latest.beats("e1/10");
  world.pass(300);
  assert.equal(states.length, said);
  assert.equal(world.sockets.length, 1);
});

function shown() {
  const world = new PretendWorld();
  const told: DepartmentStatus[] = [];
  const page = { visible: true };
  const client = new StreamClient({
    url: "ws://board/stream/departments/RQW-AE",
    token: () => "t",
    screen: "majors-1",
    version: "1.2",
    visible: () => page.visible,
    surroundings: world,
    handler: { snapshot: () => {}, change: () => {}, status: () => {}, standing: (standing) => told.push(standing) },
  });
  client.start();
  world.latest.opens();
  world.latest.welcomes("e1/10");
  world.latest.shows("e1/10");
  const said = () => world.latest.heard.slice(1);
  return { world, told, page, client, said };
}

test("the hello names the screen, its version, whether somebody can see it, and asks how the board stands", () => {
  const { world } = shown();
  assert.deepEqual(world.latest.heard[0], { type: "hello", token: "t", screen: "majors-1", version: "1.2", visible: true, status: true });
});

test("every fifteen seconds it says whether somebody can see the board, and at once when that changes", () => {
  const { world, page, client, said } = shown();
  for (let i = 0; i < 31; i++) {
    world.pass(1);
    world.latest.beats("e1/10");
  }
  assert.deepEqual(said(), [{ type: "alive", visible: true }, { type: "alive", visible: true }]);
  page.visible = false;
  client.alive();
  assert.deepEqual(said().at(-1), { type: "alive", visible: false });
});

test("a frozen page says nothing", () => {
  const { world, said } = shown();
  world.freeze(60);
  assert.deepEqual(said(), []);
});

test("a client that cannot tell whether it is seen says nothing of it", () => {
  const { world } = live();
  for (let i = 0; i < 40; i++) {
    world.pass(1);
    world.latest.beats("e1/10");
  }
  assert.equal(world.latest.heard.length, 1);
});

test("how the board stands is handed over, and a part that is odd is left out", () => {
  const { world, told } = shown();
  world.latest.says({ type: "status", department: "RQW-AE", time: "2026-11-22T14:02:10Z", feed: { state: "silent", words: "none since 14:02" }, plans: [7], screens: { connected: 2, visible: 1, unwatched: ["RQW-UTC"] } });
  assert.deepEqual(told, [
    { type: "status", department: "RQW-AE", time: "2026-11-22T14:02:10Z", plans: [], feed: { state: "silent", words: "none since 14:02" }, screens: { connected: 2, visible: 1, unwatched: ["RQW-UTC"] } },
  ]);
  assert.equal(world.sockets.length, 1);
});

test("a screen keeps its name, and has one where nothing can be kept", () => {
  const kept = new Map<string, string>();
  const store = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) };
  let made = 0;
  const make = () => `name-${++made}`;
  assert.equal(screenName(store, make), "name-1");
  assert.equal(screenName(store, make), "name-1");
  kept.set("ucpalert.screen", "not a name");
  assert.equal(screenName(store, make), "name-2");
  const closed = { getItem: () => { throw new Error("no"); }, setItem: () => {} };
  assert.equal(screenName(closed, make), "name-3");
});

test("a screen with a name says once of each version of an alert that it was delivered, after it was handed over", () => {
  const { world, said } = shown();
  const delivered = (version: number) => world.latest.says({ type: "alert", position: `e1/${10 + ++at}`, previous: `e1/${9 + at}`, change: "updated", alert: { ...raised, version } });
  let at = 0;
  delivered(1);
  assert.deepEqual(said(), [{ type: "delivered", alert: "a1" }]);
  world.latest.says({ type: "done", command: "delivered", alert: "a1" });
  delivered(1);
  assert.equal(said().length, 1);
  delivered(2);
  assert.deepEqual(said(), [{ type: "delivered", alert: "a1" }, { type: "delivered", alert: "a1" }]);
});

test("checks that do not come are counted by the monotonic clock, and one that comes is confirmed after it was painted", () => {
  assert.equal(missedChecks(0, 74_000, 60_000), 0);
  assert.equal(missedChecks(0, 75_000, 60_000), 1);
  assert.equal(missedChecks(0, 134_000, 60_000), 1);
  assert.equal(missedChecks(0, 135_000, 60_000), 2);
  assert.deepEqual(parseFrame('{"type":"canary","position":"e1/7","checked":"2026-11-25T14:03:12Z"}'), {
    type: "canary", position: "e1/7", checked: "2026-11-25T14:03:12Z",
  });
  assert.deepEqual(parseFrame('{"type":"done","command":"canary_displayed","position":"e1/7"}'), { type: "unknown" });
});
