// 朗读: reads a case aloud, sentence by sentence, and marks the one being read. Shown only where a Chinese voice is.

import { say } from "./say.js";

const bar = document.querySelector(".read-aloud");
const [start, stop] = bar?.querySelectorAll("button") ?? [];
const speech = globalThis.speechSynthesis;
const marks = globalThis.Highlight && CSS.highlights;
const SENTENCE = /[^。！？；]+[。！？；”）]*/g;
const READ = "h1, .lede, section > h2, section h3, section p:not(.kicker), section li, section dt, section dd";
let sentences = [];
let place = 0;
let isReading = false;

const chineseVoice = () => speech.getVoices().find((voice) => /^(zh|cmn)/i.test(voice.lang));

// The sentences of a block as ranges, so that they can be marked without touching the page.
const rangesOf = (block) => {
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  const nodes = [];
  let text = "";
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    nodes.push({ node, from: text.length });
    text += node.data;
  }
  const put = (range, side, at) => {
    const { node, from } = nodes.findLast((item) => item.from <= at);
    range[side](node, at - from);
  };
  return [...text.matchAll(SENTENCE)].filter((found) => found[0].trim()).map((found) => {
    const range = new Range();
    put(range, "setStart", found.index);
    put(range, "setEnd", found.index + found[0].length);
    return { range, block, text: found[0].trim() };
  });
};

const show = () => {
  start.textContent = say(isReading ? "暂停" : place ? "继续朗读" : "朗读全文");
  stop.hidden = !isReading && !place;
};

const leave = () => {
  isReading = false;
  speech.cancel();
  marks?.delete("read");
  show();
};

const readOn = () => {
  const sentence = sentences[place];
  if (!sentence) {
    place = 0;
    leave();
    return;
  }
  marks?.set("read", new Highlight(sentence.range));
  const box = sentence.range.getBoundingClientRect();
  if (box.top < 0 || box.bottom > innerHeight * 0.8) sentence.block.scrollIntoView({ block: "center" });
  const words = new SpeechSynthesisUtterance(sentence.text);
  words.lang = "zh-CN";
  words.voice = chineseVoice();
  words.rate = 0.9;
  words.onend = () => {
    if (!isReading || sentences[place] !== sentence) return;
    place += 1;
    readOn();
  };
  speech.speak(words);
};

if (bar && speech) {
  const offer = () => {
    bar.hidden = !chineseVoice();
  };
  offer();
  speech.addEventListener?.("voiceschanged", offer);
  start.addEventListener("click", () => {
    if (isReading) {
      leave(); // some browsers cannot pause: we stop, and begin again with this sentence
      return;
    }
    const blocks = [...document.querySelectorAll("article.prose")].flatMap((text) => [...text.querySelectorAll(READ)]);
    // A paragraph within an item is read with the item.
    sentences = blocks.filter((one) => !blocks.some((other) => other !== one && other.contains(one))).flatMap(rangesOf);
    isReading = true;
    show();
    readOn();
  });
  stop.addEventListener("click", () => {
    place = 0;
    leave();
  });
  addEventListener("pagehide", leave);
}
