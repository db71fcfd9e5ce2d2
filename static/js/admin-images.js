// Drop or paste pictures onto the page of a case. Without this script the file column of the table does the same.
(function () {
  "use strict";

  var MAX_BYTES = 15 * 1024 * 1024;
  var LOST = "没有传上去，可能是网络断了。图片和文字还在，请再点一次“上传”。";
  var LOGIN = "登录已过期。请在新窗口重新登录，再回到这里点“上传”；图片和文字还在。";
  var TIMES = 120000;

  function element(name, className, text) {
    var made = document.createElement(name);
    if (className) { made.className = className; }
    if (text) { made.textContent = text; }
    return made;
  }

  function field(card, id, label, help) {
    var caption = element("label", "", label);
    var input = element("input");
    caption.htmlFor = input.id = id;
    input.type = "text";
    input.maxLength = 160;
    input.placeholder = help;
    // Not a part of the page's own form: it is sent with the picture.
    input.addEventListener("keydown", function (event) {
      if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); card.querySelector(".picture-send").click(); }
    });
    return [caption, input];
  }

  function button(className, text, action) {
    var made = element("button", className, text);
    made.type = "button";
    made.addEventListener("click", action);
    return made;
  }

  function Drop(group, address) {
    this.address = address;
    this.count = 0;
    this.box = element("div", "picture-drop");
    this.status = element("p", "picture-status");
    this.status.setAttribute("role", "status");
    this.cards = element("ul", "picture-cards");
    this.chooser = element("input");
    this.chooser.type = "file";
    this.chooser.multiple = true;
    this.chooser.accept = "image/*";
    this.chooser.hidden = true;
    this.box.setAttribute("role", "group");
    this.box.setAttribute("aria-label", "添加图片");
    this.box.append(
      element("p", "", "把图片拖到这里，或复制后在本页按 Ctrl+V 粘贴。每张图写好替代文字后点“上传”，马上存好，不影响下面正在填的内容。"),
      button("button", "选择图片…", this.chooser.click.bind(this.chooser)), this.chooser, this.cards, this.status
    );
    group.prepend(this.box);
    this.listen();
  }

  Drop.prototype.listen = function () {
    var self = this;
    this.chooser.addEventListener("change", function () { self.take(self.chooser.files); self.chooser.value = ""; });
    // A picture dropped beside the box must not replace the page and all that was typed.
    document.addEventListener("dragover", function (event) {
      if (!hasFiles(event.dataTransfer) || event.target.type === "file") { return; }
      event.preventDefault();
      self.box.classList.add("over");
    });
    document.addEventListener("dragleave", function (event) { if (!event.relatedTarget) { self.box.classList.remove("over"); } });
    document.addEventListener("drop", function (event) {
      self.box.classList.remove("over");
      if (!hasFiles(event.dataTransfer) || event.target.type === "file") { return; }
      event.preventDefault();
      self.take(event.dataTransfer.files);
    });
    document.addEventListener("paste", function (event) {
      var files = event.clipboardData ? event.clipboardData.files : [];
      // Word puts a picture of the text beside the text: then the text is meant.
      if (!files.length || event.clipboardData.getData("text/plain")) { return; }
      event.preventDefault();
      self.take(files);
    });
    window.addEventListener("beforeunload", function (event) {
      if (self.cards.querySelector(".waiting")) { event.preventDefault(); }
    });
  };

  Drop.prototype.take = function (files) {
    var first = null;
    Array.from(files).forEach(function (file) {
      if (file.type && file.type.indexOf("image/") !== 0) { this.say("“" + file.name + "”不是图片，没有加。"); return; }
      if (file.size > MAX_BYTES) { this.say("“" + file.name + "”超过 15 MB，请先缩小再上传。"); return; }
      first = first || this.card(file);
      if (first.file !== file) { this.card(file); }
    }, this);
    if (first) {
      this.say("已选好，请写替代文字，再点“上传”。");
      first.alt.focus();
    }
  };

  Drop.prototype.say = function (text) { this.status.textContent = text; };

  Drop.prototype.card = function (file) {
    var self = this, number = ++this.count;
    var card = element("li", "waiting"), picture = element("img"), form = element("div");
    var problem = element("p", "problem"), progress = element("progress"), buttons = element("div", "buttons");
    var alt = field(card, "picture-alt-" + number, "替代文字（必填）", "给看不见图的读者：图上是什么");
    var caption = field(card, "picture-caption-" + number, "图注", "印在图下的说明，可不写");
    var address = URL.createObjectURL(file);
    picture.src = address;
    picture.alt = "待上传：" + file.name;
    problem.id = "picture-problem-" + number;
    problem.setAttribute("role", "alert");
    alt[1].required = false;
    alt[1].setAttribute("aria-required", "true");
    alt[1].setAttribute("aria-describedby", problem.id);
    progress.max = 1;
    progress.hidden = true;
    progress.setAttribute("aria-label", "上传进度");
    var state = { file: file, card: card, alt: alt[1], caption: caption[1], problem: problem, progress: progress, buttons: buttons };
    buttons.append(
      button("button picture-send", "上传", function () { self.send(state); }),
      button("button", "不要这张", function () { URL.revokeObjectURL(address); card.remove(); self.say("已拿掉一张，没有上传。"); })
    );
    form.append(problem, alt[0], alt[1], caption[0], caption[1], progress, buttons);
    card.append(picture, form);
    this.cards.append(card);
    return state;
  };

  Drop.prototype.send = function (state) {
    var self = this, request = new XMLHttpRequest(), data = new FormData();
    state.problem.textContent = "";
    if (!state.alt.value.trim()) {
      state.problem.textContent = "请先写替代文字：图上是什么。";
      state.alt.focus();
      return;
    }
    data.append("alt", state.alt.value);
    data.append("caption", state.caption.value);
    data.append("file", state.file, state.file.name || "粘贴的图片.png");
    busy(state, true);
    this.say("正在上传…");
    request.open("POST", this.address);
    request.timeout = TIMES;
    request.setRequestHeader("X-CSRFToken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    request.upload.addEventListener("progress", function (event) {
      if (event.lengthComputable) { state.progress.value = event.loaded / event.total; }
      if (event.loaded === event.total) { self.say("已传完，正在处理…"); }
    });
    request.addEventListener("load", function () {
      var answer = read(request);
      busy(state, false);
      if (request.status === 201 && answer) { self.added(state, answer); return; }
      fail(self, state, (answer && answer.error) || (request.status === 200 || request.status === 403 ? LOGIN : LOST));
    });
    ["error", "timeout", "abort"].forEach(function (name) {
      request.addEventListener(name, function () { busy(state, false); fail(self, state, LOST); });
    });
    request.send(data);
  };

  // The upload made a version of its own: the page is not behind because of it, only because of other people.
  function keepUp(answer) {
    var base = document.querySelector("[name=base_version]");
    if (base && Number(base.value || 0) === answer.version_before) { base.value = answer.version; }
  }

  Drop.prototype.added = function (state, answer) {
    keepUp(answer);
    var picture = element("img"), words = element("p", "words"), link = element("a", "", "第 " + answer.order + " 张");
    picture.src = answer.thumbnail;
    picture.alt = answer.alt;
    link.href = answer.url;
    link.target = "_blank";
    link.rel = "noopener";
    words.append("已存好，", link, "：" + answer.alt + (answer.caption ? "；图注：" + answer.caption : "") + "。保存本页后可在下表里修改。");
    state.card.className = "added";
    state.card.replaceChildren(picture, words);
    this.say("图片已存好。");
  };

  function busy(state, on) {
    state.progress.hidden = !on;
    state.progress.removeAttribute("value");
    state.card.querySelectorAll("button, input").forEach(function (control) { control.disabled = on; });
  }

  function fail(drop, state, text) {
    state.problem.textContent = text;
    drop.say("");
    state.alt.focus();
  }

  function read(request) {
    try { return JSON.parse(request.responseText); } catch (error) { return null; }
  }

  function hasFiles(transfer) { return transfer && Array.from(transfer.types).indexOf("Files") !== -1; }

  document.addEventListener("DOMContentLoaded", function () {
    var group = document.getElementById("images-group");
    // A case not saved yet has no address to send to.
    var place = /^(.*\/cases\/case\/\d+\/)change\/$/.exec(window.location.pathname);
    var writable = document.querySelector("[name=_save], [name=_continue]");
    if (group && place && writable) { new Drop(group, place[1] + "images/"); }
  });
})();
