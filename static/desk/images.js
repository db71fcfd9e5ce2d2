// Drop or paste images onto the page of a case. Without this script the file column of the table does the same.

import { button, element } from "./dom.js";

const MAX_BYTES = 15 * 1024 * 1024;
const MAX_WORDS = 160; // characters of an alternative text, of a caption
const TIMEOUT = 120000; // ms
const LOST = "没有传上去，可能是网络断了。图片和文字还在，请再点一次“上传”。";
const LOGIN = "登录已过期。请在新窗口重新登录，再回到这里点“上传”；图片和文字还在。";

const hasFiles = (transfer) => Boolean(transfer) && [...transfer.types].includes("Files");

// A file dropped on a file input is the input's own affair.
const isForPage = (event) => hasFiles(event.dataTransfer) && event.target.type !== "file";

function parseAnswer(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

// The upload made a version of its own: the page is not behind because of it, only because of other people.
function updateBaseVersion(answer) {
  const base = document.querySelector("[name=base_version]");
  if (base && Number(base.value || 0) === answer.version_before) base.value = answer.version;
}

// One image chosen, with its texts, until it is sent.
class ImageCard {
  constructor(file, number, drop) {
    this.file = file;
    this.drop = drop;
    this.root = element("li", "", "waiting");
    this.problem = element("p", "", "problem");
    this.problem.id = `image-problem-${number}`;
    this.problem.setAttribute("role", "alert");
    this.sendButton = button("上传", () => this.send(), "button");
    const [altLabel, alt] = this.textField(`image-alt-${number}`, "替代文字（必填）", "给看不见图的读者：图上是什么");
    const [captionLabel, caption] = this.textField(`image-caption-${number}`, "图注", "印在图下的说明，可不写");
    alt.setAttribute("aria-required", "true");
    alt.setAttribute("aria-describedby", this.problem.id);
    this.alt = alt;
    this.caption = caption;
    this.progress = element("progress");
    this.progress.max = 1;
    this.progress.hidden = true;
    this.progress.setAttribute("aria-label", "上传进度");
    this.preview = element("img");
    this.preview.src = URL.createObjectURL(file);
    this.preview.alt = `待上传：${file.name}`;
    const buttons = element("div", "", "buttons");
    buttons.append(this.sendButton, button("不要这张", () => this.discard(), "button"));
    const fields = element("div");
    fields.append(this.problem, altLabel, alt, captionLabel, caption, this.progress, buttons);
    this.root.append(this.preview, fields);
  }

  // [label, input]; no part of the page's own form: it is sent with the image.
  textField(id, text, placeholder) {
    const label = element("label", text);
    const input = element("input");
    label.htmlFor = id;
    Object.assign(input, { id, type: "text", maxLength: MAX_WORDS, placeholder });
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      this.sendButton.click();
    });
    return [label, input];
  }

  discard() {
    URL.revokeObjectURL(this.preview.src);
    this.root.remove();
    this.drop.say("已拿掉一张，没有上传。");
  }

  setBusy(isBusy) {
    this.progress.hidden = !isBusy;
    this.progress.removeAttribute("value");
    for (const control of this.root.querySelectorAll("button, input")) control.disabled = isBusy;
  }

  showProblem(text) {
    this.problem.textContent = text;
    this.alt.focus();
  }

  send() {
    this.problem.textContent = "";
    if (!this.alt.value.trim()) {
      this.showProblem("请先写替代文字：图上是什么。");
      return;
    }
    const data = new FormData();
    data.append("alt", this.alt.value);
    data.append("caption", this.caption.value);
    data.append("file", this.file, this.file.name || "粘贴的图片.png");
    this.setBusy(true);
    this.drop.say("正在上传…");
    const request = new XMLHttpRequest(); // fetch tells nothing of the progress of an upload
    request.open("POST", this.drop.url);
    request.timeout = TIMEOUT;
    request.setRequestHeader("X-CSRFToken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    request.upload.addEventListener("progress", ({ lengthComputable, loaded, total }) => {
      if (lengthComputable) this.progress.value = loaded / total;
      if (loaded === total) this.drop.say("已传完，正在处理…");
    });
    request.addEventListener("load", () => this.onAnswer(request));
    for (const name of ["error", "timeout", "abort"]) request.addEventListener(name, () => this.onFailure(LOST));
    request.send(data);
  }

  onAnswer({ status, responseText }) {
    const answer = parseAnswer(responseText);
    if (status === 201 && answer) {
      this.setBusy(false);
      this.showSaved(answer);
    } else {
      // The login page comes as 200 after a redirect, or the token is refused as 403.
      this.onFailure(answer?.error || ([200, 403].includes(status) ? LOGIN : LOST));
    }
  }

  onFailure(text) {
    this.setBusy(false);
    this.drop.say("");
    this.showProblem(text);
  }

  showSaved(answer) {
    updateBaseVersion(answer);
    const image = element("img");
    image.src = answer.thumbnail;
    image.alt = answer.alt;
    const link = element("a", `第 ${answer.order} 张`);
    Object.assign(link, { href: answer.url, target: "_blank", rel: "noopener" });
    const caption = answer.caption ? `；图注：${answer.caption}` : "";
    const words = element("p", "", "words");
    words.append("已存好，", link, `：${answer.alt}${caption}。保存本页后可在下表里修改。`);
    const place = button("放进正文"); // toolbar.js does it
    place.dataset.imagePlace = answer.place;
    words.append(element("br"), `要它出现在正文里，把光标放在那里，点`, place, `，或自己单独写一行 ${answer.place}。`);
    this.root.className = "added";
    this.root.replaceChildren(image, words);
    this.drop.say("图片已存好。");
  }
}

// The box above the table of images, and the cards of images chosen but not sent.
class ImageDrop {
  constructor(group, url) {
    this.url = url;
    this.count = 0;
    this.box = element("div", "", "image-drop");
    this.box.setAttribute("role", "group");
    this.box.setAttribute("aria-label", "添加图片");
    this.status = element("p", "", "image-status");
    this.status.setAttribute("role", "status");
    this.cards = element("ul", "", "image-cards");
    const chooser = element("input");
    Object.assign(chooser, { type: "file", multiple: true, accept: "image/*", hidden: true });
    chooser.addEventListener("change", () => {
      this.add(chooser.files);
      chooser.value = ""; // so that the same file can be chosen again
    });
    const help =
      "把图片拖到这里，或复制后在本页按 Ctrl+V 粘贴。每张图写好替代文字后点“上传”，马上存好，不影响下面正在填的内容。";
    const choose = button("选择图片…", () => chooser.click(), "button");
    this.box.append(element("p", help), choose, chooser, this.cards, this.status);
    group.prepend(this.box);
    this.listen();
  }

  // On the whole page: an image dropped beside the box must not replace the page and all that was typed.
  listen() {
    document.addEventListener("dragover", (event) => {
      if (!isForPage(event)) return;
      event.preventDefault();
      this.box.classList.add("over");
    });
    document.addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) this.box.classList.remove("over");
    });
    document.addEventListener("drop", (event) => {
      this.box.classList.remove("over");
      if (!isForPage(event)) return;
      event.preventDefault();
      this.add(event.dataTransfer.files);
    });
    document.addEventListener("paste", (event) => {
      const files = event.clipboardData?.files ?? [];
      // Word puts an image of the text beside the text: then the text is meant.
      if (!files.length || event.clipboardData.getData("text/plain")) return;
      event.preventDefault();
      this.add(files);
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.cards.querySelector(".waiting")) event.preventDefault();
    });
  }

  say(text) {
    this.status.textContent = text;
  }

  add(files) {
    const cards = [];
    for (const file of files) {
      if (file.type && !file.type.startsWith("image/")) {
        this.say(`“${file.name}”不是图片，没有加。`);
      } else if (file.size > MAX_BYTES) {
        this.say(`“${file.name}”超过 15 MB，请先缩小再上传。`);
      } else {
        this.count += 1;
        cards.push(new ImageCard(file, this.count, this));
      }
    }
    if (!cards.length) return;
    this.cards.append(...cards.map((card) => card.root));
    this.say("已选好，请写替代文字，再点“上传”。");
    cards[0].alt.focus();
  }
}

// The admin sets up the rows of the table on DOMContentLoaded; the box goes above the finished table.
document.addEventListener("DOMContentLoaded", () => {
  const group = document.getElementById("images-group");
  // A case not saved yet has no address to send to.
  const [, caseUrl] = /^(.*\/cases\/case\/\d+\/)change\/$/.exec(window.location.pathname) ?? [];
  const isWritable = document.querySelector("[name=_save], [name=_continue]");
  if (group && caseUrl && isWritable) new ImageDrop(group, `${caseUrl}images/`);
});
