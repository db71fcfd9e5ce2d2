// Words in the language of the page: Chinese as written, or what its list of words says.

const words = document.documentElement.lang === "en" ? (await import("./english.js")).default : {};

// say("有 {0} 条", 3)
export const say = (text, ...parts) => (words[text] ?? text).replace(/\{(\d)\}/g, (hole, place) => parts[place]);
