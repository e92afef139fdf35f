// Speaks SCORM 1.2 with the learning system that holds this page in a frame or opened it.
"use strict";
class VirageReporter {
  room = 4000; // cmi.suspend_data holds 4096 characters

  #api = null;
  #tell;
  #begun = Date.now();
  #mayJudge = true;
  #passed = false;

  constructor(tell) {
    this.#tell = tell;
  }

  static #found(window_) {
    let one = window_;
    for (let up = 0; one && up < 500; up += 1) {
      try {
        if (one.API) return one.API;
      } catch {
        return null; // a frame of another site
      }
      if (one === one.parent) return null;
      one = one.parent;
    }
    return null;
  }

  #get(name) {
    return String(this.#api?.LMSGetValue(name) ?? "");
  }

  #set(values) {
    if (!this.#api) return;
    Object.entries(values).forEach(([name, value]) => this.#api.LMSSetValue(name, String(value)));
    const isKept = String(this.#api.LMSCommit("")) === "true";
    this.#tell(isKept ? "" : "not_sent");
  }

  async start() {
    this.#api = VirageReporter.#found(window) ?? VirageReporter.#found(window.opener);
    if (!this.#api || String(this.#api.LMSInitialize("")) !== "true") {
      this.#api = null;
      this.#tell("no_lms");
      return { kept: "", place: 0, passed: false };
    }
    const status = this.#get("cmi.core.lesson_status");
    this.#passed = status === "passed";
    this.#mayJudge = !["browse", "review"].includes(this.#get("cmi.core.lesson_mode"));
    if (this.#mayJudge && ["", "not attempted", "browsed"].includes(status)) {
      this.#set({ "cmi.core.lesson_status": "incomplete" });
    }
    const mastery = Number.parseFloat(this.#get("cmi.student_data.mastery_score"));
    return {
      kept: this.#get("cmi.suspend_data"),
      place: Number.parseInt(this.#get("cmi.core.lesson_location"), 10) || 0,
      passed: this.#passed,
      passing: Number.isFinite(mastery) ? Math.round(mastery * 100) : 0,
    };
  }

  save(kept, place) {
    this.#set({ "cmi.suspend_data": kept, "cmi.core.lesson_location": place });
  }

  // SCORM 1.2 has one status for both: it stays "incomplete" until the questions are handed in.
  complete() {}

  // A pass stays a pass, whatever comes after it.
  result({ passed, parts }) {
    if (!this.#mayJudge || (this.#passed && !passed)) return;
    this.#passed = passed;
    this.#set({
      "cmi.core.score.min": 0,
      "cmi.core.score.max": 100,
      "cmi.core.score.raw": Math.floor(parts / 100),
      "cmi.core.lesson_status": passed ? "passed" : "failed",
    });
  }

  async leave() {
    if (!this.#api) return "";
    const seconds = Math.floor((Date.now() - this.#begun) / 1000);
    const two = (number) => String(number).padStart(2, "0");
    const hours = String(Math.min(Math.floor(seconds / 3600), 9999)).padStart(4, "0");
    this.#set({
      "cmi.core.session_time": `${hours}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`,
      "cmi.core.exit": "suspend",
    });
    this.#api.LMSFinish("");
    this.#api = null;
    return "";
  }
}
