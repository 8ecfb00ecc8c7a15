// @ts-check
// Finds the largest size at which a message fits its place, by measuring it.

const LEAST_PX = 4; // for a preview as small as a stamp
const WHOLE_PX = 9; // a word that is whole only in a smaller size is continued on the next line instead
const WHOLE_WIDTH = 1 / 80; // the same for large screens, as a part of the width; about 150 letters would fit on a line

/**
 * Give a text the largest size, not larger than that of its style sheet, at which all of it is visible.
 * @param {HTMLElement} node Its height is limited by its style.
 */
export function fitText(node) {
  const { style } = node;
  style.fontSize = "";
  style.overflowWrap = "normal";
  const mostPx = parseFloat(getComputedStyle(node).fontSize);
  if (largest(node, mostPx) >= Math.max(WHOLE_PX, innerWidth * WHOLE_WIDTH)) return;
  style.overflowWrap = "anywhere";
  largest(node, mostPx);
}

/**
 * Set the largest size that fits, in steps of half a pixel, and return it; if none fits, set the smallest and return 0.
 * @param {HTMLElement} node
 * @param {number} mostPx
 */
function largest(node, mostPx) {
  /** @param {number} px */
  const fits = (px) => {
    node.style.fontSize = `${px}px`;
    return node.scrollHeight <= node.clientHeight + 1 && node.scrollWidth <= node.clientWidth + 1;
  };
  if (fits(mostPx)) return mostPx;
  let [good, bad] = [LEAST_PX, mostPx];
  while (bad - good > 0.5) {
    const middle = (good + bad) / 2;
    [good, bad] = fits(middle) ? [middle, bad] : [good, middle];
  }
  return fits(good) ? good : 0;
}
