// What the service sends, for the type checker only; no browser loads this file. docs/protocol.md says what each field means.

export interface Caption {
  room: string;
  epoch: string;
  seq: number | null;
  phrase: string;
  rev: number;
  source: string;
  track: string;
  state: "open" | "final" | "corrected" | "withdrawn";
  language: string;
  start_s: number;
  end_s: number;
  committed: string;
  tentative: string;
  speaker: string | null;
  is_outdated: boolean;
  doubtful: number[];
  is_retranslated: boolean;
  is_backfilled: boolean;
}

/** What a caption must have to be laid out in lines; sample text has no more. */
export type DisplayedCaption = Pick<
  Caption,
  "phrase" | "track" | "rev" | "state" | "language" | "speaker" | "committed" | "tentative"
> &
  Partial<Pick<Caption, "source">>;

export type SourcePhase = "starting" | "listening" | "waiting" | "retrying" | "stopped" | "ended" | "failed";

export interface SourceState {
  name: string;
  status: SourcePhase;
  message: string;
  behind_s: number;
  cadence_s: number;
}

export interface Showing {
  is_hidden: boolean;
  is_paused: boolean;
  notice: string;
  offers_transcript: boolean;
}

export interface RoomState {
  room: string;
  /** Name for people; "" if the short name is enough. */
  title: string;
  model: string;
  tracks: string[];
  sources: SourceState[];
  problems: string[];
  showing: Showing;
  /** The names that are shown, by the label of the speaker; a label without one is shown itself. */
  speaker_names: Record<string, string>;
  /** Whether names stand before what is said. */
  shows_names: boolean;
}

export interface SourceStatus extends SourceState {
  level_dbfs: number;
  is_clipping: boolean;
  is_dead: boolean;
  is_quiet: boolean;
  is_speech: boolean;
  n_terms_used: number;
}

export interface OutputState {
  id: string;
  kind: string;
  track: string | null;
  /** The file that is written; on other machines only its folder and name. */
  path: string | null;
  health: { status: string; message: string; n_sent: number; n_dropped: number };
}

export interface Alarm {
  kind: string;
  subject: string;
  message: string;
}

export interface Refusal {
  reason: string;
  message: string;
  count: number;
}

/** A room's state, with what only operators see. */
export interface RoomStatus extends RoomState {
  sources: SourceStatus[];
  n_readers: number;
  n_late: number;
  /** By track; null for readers who do not say what they show. */
  readers: { track: string | null; n_readers: number }[];
  outputs: OutputState[];
  alarms: Alarm[];
  refusals: Refusal[];
}

/** A room as the REST interface returns it. */
export interface RoomResource {
  name: string;
  title: string;
  /** Where other devices open the pages, null if only this machine can. */
  address: string | null;
  languages: string[];
  task: "transcribe" | "translate";
  /** Languages that its text is translated into. */
  targets: string[];
  /** Whether targets are translated even while nobody reads them. */
  translates_always: boolean;
  /** What translates text, null for no model, or while no room has needed one. */
  translation?: { model: string; sent_to: string | null; targets: string[] } | null;
  speaker_names: Record<string, string>;
  shows_names: boolean;
  glossary: string;
  retention_h: number;
  is_public: boolean;
  code: string | null;
  is_open: boolean;
  frame_sites: string[];
  /** Scheme and host of the stream that the service opens. */
  source: string | null;
  privacy_notice: string;
  /** In the answer to a change: connections that were closed because the room does not let them in now. */
  n_disconnected?: number;
  state: RoomStatus;
}

/** What the page's own key opens. */
export interface OwnKey {
  role: Role | "admin" | "metrics";
  /** The one room it opens, null for the whole service. */
  room: string | null;
  expires_ms: number | null;
}

/** What slides and posters say about a room. */
export interface Invitation {
  room: string;
  title: string;
  /** Where other devices open the pages, null if only this machine can. */
  address: string | null;
  /** Short code of a public room, null if it is private. */
  code: string | null;
  languages: string[];
  tracks: string[];
  /** Role of the key of the request. */
  role: Role | "admin";
  /** When that key ends, null for one that needs none or has no end. */
  expires_ms: number | null;
}

/** Where the pages open; addresses have no slash at their end. */
export interface AddressList {
  /** On the machine of the service, without a certificate where that is possible. */
  own: string;
  /** On other devices, null if only this machine can open the pages. */
  main: string | null;
  others: string[];
  /** Where other devices get the certificate that they must trust first, null if they need none. */
  certificate_page: string | null;
}

/** A key as the REST interface lists it. */
export interface KeyResource {
  id: string;
  room: string | null;
  role: Role | "admin" | "metrics";
  label: string;
  created_ms: number;
  expires_ms: number | null;
  used_ms: number | null;
  parent: string | null;
  n_connections: number;
  is_own: boolean;
}

export interface KeyWithSecret extends KeyResource {
  key: string;
}

export interface Since {
  epoch: string;
  seq: number;
}

export interface Welcome {
  type: "welcome";
  epoch: string;
  state: RoomState;
  next_sample: number;
}

export type Message =
  | Welcome
  | { type: "snapshot"; epoch: string; is_fresh: boolean; captions: Caption[] }
  | { type: "caption"; caption: Caption }
  | { type: "state"; state: RoomState }
  | { type: "status"; status: RoomStatus }
  | { type: "ack"; next_sample: number };

export interface ErrorMessage {
  type: "error";
  code: string;
  message: string;
  retry_after_s: number | null;
}

export type Status = "open" | "closed" | "refused";

export type Role = "viewer" | "operator" | "source";

/** What happens to what is said in a room. */
export interface Privacy {
  /** Sentences that the service knows. */
  facts: string[];
  /** What each of them is about. */
  codes: string[];
  retention_h: number;
  sent_to: string[];
  address_days: number;
  /** The operator's text, "" for none. */
  notice: string;
}

/** What an erasure deleted, as a text for people. */
export interface Receipt {
  at: string;
  text: string;
}
