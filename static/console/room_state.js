// The room as its operator holds it: its settings, and how it is doing.

const LOOK_MS = 3000;

export class Room {
  /** `onShow(room)` hears every change of `settings` and `state`; `onRefused(sentence)` why the service lets us not look, "" when it does. */
  constructor(rest, onShow, onRefused) {
    Object.assign(this, { rest, onShow, onRefused, settings: null, state: null, changes: 0 });
    this.watch();
  }

  /** What readers may see; nothing is known before the service has answered. */
  get showing() {
    return this.state?.showing ?? {};
  }

  /** Others may change the settings too, so they are looked at again and again. */
  async watch() {
    const began = this.changes;
    try {
      const settings = await this.rest.look();
      if (began === this.changes) this.take(settings);
      this.onRefused("");
    } catch (error) {
      if (error.code) this.onRefused(error.message);
    }
    setTimeout(() => this.watch(), LOOK_MS);
  }

  /** Change some settings; throws a sentence if the service refuses. */
  async change(fields) {
    return this.done(await this.rest.act("PATCH", "", fields));
  }

  done(settings) {
    this.changes += 1;
    this.take(settings);
    return settings;
  }

  take(settings) {
    this.settings = settings;
    this.hear(settings.state);
  }

  hear(state) {
    this.state = state;
    if (this.settings) this.onShow(this);
  }
}
