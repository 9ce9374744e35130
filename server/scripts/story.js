// To hear a story, to pass it on, to print it: each button appears only where the browser can do what it says.
const find = (name) => document.querySelector(`[data-${name}]`);
const story = document.querySelector('.story');
const say = (words) => { document.querySelector('.story__said').textContent = words; };

const aloud = find('aloud');
const speech = window.speechSynthesis;
const language = aloud?.dataset.aloud.toLowerCase();
const speaks = (voice) => voice.lang.toLowerCase().replace('_', '-').split('-')[0] === language.split('-')[0];
// Only voices of the device: any other would send the text elsewhere, and with it what somebody reads.
const voices = () => speech.getVoices().filter((voice) => voice.localService && speaks(voice));
const voice = () => voices().find((voice) => voice.default) ?? voices()[0];
let round = 0;

function offer() {
  if (voice()) aloud.hidden = false;
}

function stop() {
  round += 1;
  speech.cancel();
  story.querySelector('[data-now]')?.removeAttribute('data-now');
  aloud.querySelector('span').textContent = aloud.dataset.start;
}

// A piece at a time: some voices end by themselves after a quarter of a minute.
function read(pieces, own) {
  story.querySelector('[data-now]')?.removeAttribute('data-now');
  if (own !== round) return;
  const [piece, ...rest] = pieces;
  if (!piece) return stop();
  const words = new SpeechSynthesisUtterance(piece.innerText);
  words.lang = aloud.dataset.aloud;
  words.voice = voice();
  words.onend = words.onerror = () => read(rest, own);
  piece.setAttribute('data-now', '');
  speech.speak(words);
}

if (aloud && speech) {
  aloud.dataset.start = aloud.querySelector('span').textContent;
  offer();
  speech.addEventListener?.('voiceschanged', offer);
  addEventListener('pagehide', () => speech.cancel());
  aloud.addEventListener('click', () => {
    if (story.querySelector('[data-now]')) return stop();
    aloud.querySelector('span').textContent = aloud.dataset.stop;
    // What the page itself says in another language is left out.
    const pieces = [...story.querySelectorAll('h1, .story__lead, .story__move h2, .story__words > *')];
    round += 1;
    read(pieces.filter((piece) => piece.closest('[lang]').lang.toLowerCase() === language), round);
  });
}

const share = find('share');
if (share && (navigator.share || navigator.clipboard)) {
  share.hidden = false;
  share.addEventListener('click', async () => {
    const url = share.dataset.share;
    try {
      if (navigator.share) return await navigator.share({ title: document.title, url });
      await navigator.clipboard.writeText(url);
      say(share.dataset.copied);
    } catch (refused) {
      // Whoever closes the list of apps wanted nothing; where copying is refused the address still stands below.
    }
  });
}

const print = find('print');
if (print) {
  print.hidden = false;
  print.addEventListener('click', () => window.print());
}
