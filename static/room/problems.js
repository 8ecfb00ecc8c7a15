// @ts-check
// Says in the reader's language what the service refuses. The service's own sentences are English.

import { ServiceError } from "./rest.js";
import { language, say, sayKnown } from "./words.js";

/**
 * Return the sentence for a refusal: by its code, or as it came. In English the service's is more exact.
 * @param {string} code
 * @param {string} message
 */
export function sayRefusal(code, message) {
  if (language === "en") return message;
  return sayKnown(`problem.${code}`) || say("problem.other", { message });
}

/**
 * Return the sentence for an error of a request.
 * @param {unknown} error
 * @param {import("./words.js").Key} [unanswered] For a service that does not answer.
 */
export function sayError(error, unanswered = "problem.unanswered") {
  if (!(error instanceof ServiceError)) return error instanceof Error ? error.message : String(error);
  return error.isAnswered ? sayRefusal(error.code || "error", error.message) : say(unanswered);
}
