// @ts-check
// The names of speakers as the operator has set them; a caption has the speaker's label, which never changes.

/** @import { RoomState } from "./messages" */

export class SpeakerNames {
  /** @type {Record<string, string>} */
  names = {};
  isShown = true;

  /**
   * Take the names from the room's state, and return whether they have changed.
   * @param {Pick<RoomState, "speaker_names" | "shows_names">} state
   */
  follow({ speaker_names: names, shows_names: isShown }) {
    const isSame = isShown === this.isShown && JSON.stringify(names) === JSON.stringify(this.names);
    Object.assign(this, { names, isShown });
    return !isSame;
  }

  /**
   * Return the name to show for a label, null for none.
   * @param {string | null | undefined} label
   */
  shown(label) {
    return this.isShown ? this.of(label) : null;
  }

  /**
   * Return the name for a label, also while names are not shown.
   * @param {string | null | undefined} label
   */
  of(label) {
    return label ? (Object.hasOwn(this.names, label) && this.names[label]) || label : null;
  }
}
