// The map as one stop of the keyboard: arrow keys go to the nearest mark on that side. Without this script the first
// mark is the stop, and the list before the map has all its links.
const picture = document.querySelector('.map__picture');
const marks = () => [...picture.querySelectorAll('.map__mark')].filter((mark) => mark.getClientRects().length);
const middle = (mark) => {
  const box = mark.querySelector('circle').getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
};
const sides = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

// What lies straight on counts as nearer than what lies aside.
function next(from, [sideX, sideY]) {
  const [x, y] = middle(from);
  const far = (mark) => {
    const [otherX, otherY] = middle(mark);
    const along = (otherX - x) * sideX + (otherY - y) * sideY;
    const aside = Math.abs((otherX - x) * sideY) + Math.abs((otherY - y) * sideX);
    return along > 0.5 ? along + 2 * aside : Infinity;
  };
  const best = marks().reduce((one, other) => (far(other) < far(one) ? other : one), from);
  return far(best) < Infinity ? best : from;
}

picture?.addEventListener('keydown', (event) => {
  const from = event.target.closest('.map__mark');
  if (!from || event.altKey || event.ctrlKey || event.metaKey) return;
  const all = marks();
  const to = { Home: all[0], End: all.at(-1) }[event.key] ?? (sides[event.key] && next(from, sides[event.key]));
  if (!to) return;
  event.preventDefault();
  all.forEach((mark) => mark.setAttribute('tabindex', mark === to ? '0' : '-1'));
  to.focus();
});
document.querySelector('.map__keys')?.removeAttribute('hidden');
