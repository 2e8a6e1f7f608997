import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameFault, parseAlert, parseFrame } from "./messages.ts";

test("a whole alert is read with all that the board shows", () => {
  const alert = {
    id: "a1", department: "RQW-AE", attendance: "t1", state: "acknowledged",
    patient: { name: "TESTER, Ana", nhs_number: "9990000018", birth_date: "1980-02", age: 46, sex: "female" },
    match: "confirmed", reason: "NHS number and date of birth agree", plan: "p1", version: 3, centre: "RP4", centre_name: "Great Ormond Street",
    headline: "Do not delay antibiotics", urgency: "critical", raised: "2026-11-22T14:02:10Z", arrived: "2026-11-22T14:01:00Z", location: "Majors, bay 4",
    acknowledged: { by: "Dr T", role: "clinician", at: "2026-11-22T14:03:00Z", version: 3 }, warnings: ["location not known"],
  };
  assert.deepEqual(parseAlert(alert), alert);
});

test("the stub of an alert that moved away is enough", () => {
  const stub = { id: "a1", department: "RQW-AE", state: "withdrawn", state_reason: "moved to Watford" };
  assert.deepEqual(parseAlert(stub), stub);
});

test("an odd optional field is left out, and the alert stays", () => {
  const alert = parseAlert({ id: "a1", department: "RQW-AE", state: "raised", urgency: "purple", version: "3", patient: [], warnings: "x", headline: null });
  assert.deepEqual(alert, { id: "a1", department: "RQW-AE", state: "raised" });
});

test("a match that is not plainly confirmed is only possible", () => {
  for (const match of ["possible", "probable", "", 1, null]) {
    assert.equal(parseAlert({ id: "a1", department: "RQW-AE", state: "raised", match }).match, "possible", String(match));
  }
});

test("an alert without id, department or a known state is a fault", () => {
  for (const bad of [null, "a1", {}, { id: "a1", department: "RQW-AE" }, { id: "a1", department: "RQW-AE", state: "gone" }, { department: "RQW-AE", state: "raised" }]) {
    assert.throws(() => parseAlert(bad), FrameFault);
  }
});

test("what was asked and answered is read in numbers, and a change that is newer than this page is taken as an update", () => {
  const alert = { id: "a1", department: "RQW-AE", state: "raised", questions: 2, unanswered: 1, answered_new: 1, disputed: 1, outcome: "no-difference" };
  const frame = (change: string) => parseFrame(JSON.stringify({ type: "alert", position: "e/1", previous: "e/0", change, alert }));
  assert.deepEqual(frame("answered"), { type: "alert", position: "e/1", previous: "e/0", change: "answered", alert });
  const newer = frame("polished");
  assert.equal(newer.type === "alert" && newer.change, "updated");
});

test("a fault names the field and never repeats what was in it", () => {
  assert.throws(
    () => parseFrame(JSON.stringify({ type: "alert", position: "e/1", previous: "e/0", change: "raised", alert: { id: "a1", department: "RQW-AE", state: "SECRET" } })),
    (e) => e instanceof FrameFault && e.message.includes("state") && !e.message.includes("SECRET"),
  );
});
