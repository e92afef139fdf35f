// Speaks cmi5 with the learning system whose address started this page; statements are xAPI.
"use strict";
class VirageReporter {
  room = 60000; // a document of the State API; no limit is named

  #tell;
  #begun = Date.now();
  #launch = new URLSearchParams(window.location.search);
  #headers = null;
  #data = null;
  #queue = [];
  #inFlight = [];
  #isSending = false;
  #facts = { completed: false, passed: false };
  #hasFailed = null;
  #kept = "";

  constructor(tell) {
    this.#tell = tell;
  }

  #address(path, values) {
    const base = this.#launch.get("endpoint").replace(/\/?$/u, "/");
    return `${base}${path}${values ? `?${new URLSearchParams(values)}` : ""}`;
  }

  #state(name) {
    return this.#address("activities/state", {
      activityId: this.#launch.get("activityId"),
      agent: this.#launch.get("actor"),
      registration: this.#launch.get("registration"),
      stateId: name,
    });
  }

  async #read(address) {
    const answer = await fetch(address, { headers: this.#headers });
    return answer.ok ? answer.json() : null;
  }

  async start() {
    try {
      const token = await (await fetch(this.#launch.get("fetch"), { method: "POST" })).json();
      if (!token["auth-token"]) throw new Error(token["error-text"]);
      this.#headers = {
        Authorization: `Basic ${token["auth-token"]}`,
        "Content-Type": "application/json",
        "X-Experience-API-Version": "1.0.3",
      };
      this.#data = await this.#read(this.#state("LMS.LaunchData"));
      await this.#heedPreferences();
      const own = await this.#read(this.#state("virage"));
      this.#facts = { ...this.#facts, ...own?.facts };
      this.#say("initialized");
      return {
        kept: own?.kept ?? "",
        place: own?.place ?? 0,
        passed: this.#facts.passed,
        passing: Math.round((this.#data.masteryScore ?? 0) * 10000),
      };
    } catch {
      this.#headers = null;
      this.#tell("no_lms");
      return { kept: "", place: 0, passed: false };
    }
  }

  async #heedPreferences() {
    const found = await this.#read(this.#address("agents/profile", {
      agent: this.#launch.get("actor"),
      profileId: "cmi5LearnerPreferences",
    })).catch(() => null);
    if (found?.audioPreference !== "off") return;
    document.querySelectorAll("video").forEach((film) => { film.muted = true; });
  }

  get #mayJudge() {
    return this.#data?.launchMode === "Normal";
  }

  save(kept, place) {
    if (!this.#headers) return;
    const text = JSON.stringify({ kept, place, facts: this.#facts });
    if (text === this.#kept) return;
    this.#kept = text;
    fetch(this.#state("virage"), {
      method: "PUT", headers: this.#headers, body: text, keepalive: text.length < 60000,
    }).then((answer) => { if (!answer.ok) this.#tell("not_sent"); }, () => this.#tell("not_sent"));
  }

  complete() {
    if (!this.#mayJudge || this.#facts.completed) return;
    this.#facts.completed = true;
    this.#say("completed", { completion: true, duration: this.#duration() });
  }

  // In one session there may be a "passed" or a "failed", never both: a failure waits until the
  // session ends, since another attempt may still pass. After a pass there is no failure any more.
  result({ passed, parts }) {
    if (!this.#mayJudge || this.#facts.passed) return;
    const raw = Math.floor(parts / 100);
    const score = { scaled: parts / 10000, raw, min: 0, max: 100 };
    const said = { success: passed, score, duration: this.#duration() };
    if (!passed) {
      this.#hasFailed = this.#statement("failed", said);
      return;
    }
    this.#hasFailed = null;
    this.#facts.passed = true;
    this.#say("passed", said);
  }

  #duration() {
    return `PT${((Date.now() - this.#begun) / 1000).toFixed(2)}S`;
  }

  #statement(verb, result) {
    const base = "https://w3id.org/xapi/cmi5/context";
    const context = structuredClone(this.#data.contextTemplate ?? {});
    context.registration = this.#launch.get("registration");
    const around = context.contextActivities ?? {};
    const isJudged = result && ("success" in result || "completion" in result);
    const named = ["cmi5", ...(isJudged ? ["moveon"] : [])]
      .map((name) => ({ id: `${base}/categories/${name}` }));
    const known = (around.category ?? []).filter((one) => !named.some(({ id }) => id === one.id));
    context.contextActivities = { ...around, category: [...known, ...named] };
    if (result && "success" in result && this.#data.masteryScore !== undefined) {
      const score = { [`${base}/extensions/masteryscore`]: this.#data.masteryScore };
      context.extensions = { ...context.extensions, ...score };
    }
    return {
      id: VirageReporter.#uuid(),
      actor: JSON.parse(this.#launch.get("actor")),
      verb: { id: `http://adlnet.gov/expapi/verbs/${verb}`, display: { en: verb } },
      object: { objectType: "Activity", id: this.#launch.get("activityId") },
      context,
      timestamp: new Date().toISOString(),
      ...(result ? { result } : {}),
    };
  }

  // crypto.randomUUID is there on https alone; learning systems on other addresses are too.
  static #uuid() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, "$1-$2-$3-$4-$5");
  }

  #say(verb, result) {
    this.#queue.push(this.#statement(verb, result));
    return this.#send();
  }

  // One after the other, in their order; what cannot be sent now is sent again by itself.
  async #send() {
    if (this.#isSending || !this.#headers) return;
    this.#isSending = true;
    while (this.#queue.length) {
      const batch = [...this.#queue];
      this.#inFlight = batch;
      const isSent = await this.#post(batch);
      this.#inFlight = [];
      if (!isSent) {
        this.#tell("not_sent");
        setTimeout(() => { this.#isSending = false; this.#send(); }, 10000);
        return;
      }
      this.#queue = this.#queue.filter((one) => !batch.includes(one));
      this.#tell("");
    }
    this.#isSending = false;
  }

  async #post(statements) {
    const body = JSON.stringify(statements);
    const request = { method: "POST", headers: this.#headers, body, keepalive: true };
    try {
      // 409: they are there already, and only the answer was lost.
      const answer = await fetch(this.#address("statements"), request);
      return answer.ok || answer.status === 409;
    } catch {
      return false;
    }
  }

  async leave() {
    if (!this.#headers) return "";
    if (this.#hasFailed) this.#queue.push(this.#hasFailed);
    this.#queue.push(this.#statement("terminated", { duration: this.#duration() }));
    const rest = this.#queue.filter((one) => !this.#inFlight.includes(one));
    const next = this.#data.returnURL ?? "";
    this.#queue = [];
    const isSent = this.#post(rest); // at once: the page may be gone before an answer comes
    this.#headers = null;
    await isSent;
    return next;
  }
}
