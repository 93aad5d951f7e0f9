/* What is typed and not yet saved: kept in the browser until the server has taken it, one send at a time.
   Each value is an item of its own in localStorage, so two tabs never write over each other's. */
(function (app) {
  "use strict";

  const WAITS = [2000, 4000, 8000, 15000, 30000];
  const tab = Math.random().toString(36).slice(2, 10);

  /* localStorage may be shut off or full; then the values live as long as the page does. */
  function keep(name, entry) {
    try {
      localStorage.setItem(name, JSON.stringify(entry));
    } catch {
      /* the value is still in the page and in memory */
    }
  }

  function forget(name) {
    try {
      localStorage.removeItem(name);
    } catch {
      /* nothing was kept */
    }
  }

  function kept(prefix) {
    const found = [];
    try {
      for (let index = 0; index < localStorage.length; index += 1) {
        const name = localStorage.key(index);
        if (name.startsWith(prefix)) found.push([name, JSON.parse(localStorage.getItem(name))]);
      }
    } catch {
      return [];
    }
    return found.filter(([, entry]) => entry && entry.key).sort((one, other) => one[1].at - other[1].at);
  }

  /* "on" holds: saved(entry, data), conflict(entry, data), refused(entry), state(name, data). */
  class Queue {
    constructor(prefix, send, on) {
      this.prefix = prefix;
      this.send = send;
      this.on = on;
      this.entries = new Map();
      this.names = new Map();
      this.sending = false;
      this.stopped = false;
      this.tries = 0;
      this.timer = 0;
      window.addEventListener("online", () => this.retry());
    }

    /* Take up what an earlier page, tab or session left behind; the newest of several values of a field. */
    adopt() {
      const found = kept(this.prefix);
      found.forEach(([name, entry]) => {
        if (this.names.has(entry.key)) forget(this.names.get(entry.key));
        this.entries.set(entry.key, entry);
        this.names.set(entry.key, name);
      });
      return Array.from(this.entries.values());
    }

    /* Keep a value in the browser only: it is still being typed. */
    hold(entry) {
      this.put(entry, true);
    }

    put(entry, held) {
      const whole = { ...entry, at: Date.now(), held: Boolean(held) };
      const name = this.names.get(entry.key) || `${this.prefix}${entry.key}/${tab}`;
      this.entries.set(entry.key, whole);
      this.names.set(entry.key, name);
      keep(name, whole);
      if (!held) this.run();
    }

    drop(key) {
      forget(this.names.get(key));
      this.entries.delete(key);
      this.names.delete(key);
    }

    waiting() {
      return Array.from(this.entries.values()).filter((entry) => !entry.held && !entry.conflict);
    }

    get idle() {
      return !this.sending && this.waiting().length === 0;
    }

    retry() {
      window.clearTimeout(this.timer);
      this.timer = 0;
      this.stopped = false;
      this.run();
    }

    async run() {
      if (this.sending || this.stopped || this.timer) return;
      const entry = this.waiting()[0];
      if (!entry) return;
      this.sending = true;
      this.on.state("saving");
      let answer;
      try {
        answer = await this.send(entry);
      } catch {
        answer = { kind: "lost" };
      }
      this.sending = false;
      this.take(entry, answer);
      if (this.idle && answer.kind === "saved") this.on.state("saved", answer.data);
      else this.run();
      if (this.settled && !this.sending) this.settled();
    }

    take(entry, answer) {
      const current = this.entries.get(entry.key);
      const unchanged = current && current.at === entry.at;
      if (answer.kind === "saved") {
        this.tries = 0;
        if (unchanged) this.drop(entry.key);
        else if (current) current.rev = answer.data.rev;
        this.on.saved(entry, answer.data, unchanged);
      } else if (answer.kind === "conflict") {
        this.tries = 0;
        const marked = { ...current, conflict: true };
        this.entries.set(entry.key, marked);
        keep(this.names.get(entry.key), marked);
        this.on.conflict(marked, answer.data);
      } else if (answer.kind === "refused") {
        this.drop(entry.key);
        this.on.refused(entry);
      } else if (answer.kind === "login" || answer.kind === "stopped") {
        this.stopped = true;
        this.on.state(answer.kind, answer.data);
      } else {
        this.timer = window.setTimeout(() => this.retry(), WAITS[Math.min(this.tries, WAITS.length - 1)]);
        this.tries += 1;
        this.on.state("retry");
      }
    }

    /* Send everything; true when all is taken, false when something could not be sent. */
    flush() {
      if (this.idle) return Promise.resolve(true);
      return new Promise((resolve) => {
        this.settled = () => {
          if (!this.idle && !this.stopped && !this.timer) return;
          this.settled = null;
          resolve(this.idle);
        };
        if (this.timer || this.stopped) this.retry();
        else this.run();
      });
    }
  }

  app.Queue = Queue;
})((window.reportForm = window.reportForm || {}));
