// Comfort for “导入 Word”: drop files on the field, see what was chosen, hear of a limit before sending.
// Without this file the form works as it stands.

const MB = 1024 * 1024;
const drop = document.getElementById("word-drop");
const input = drop.querySelector("input[type=file]");
const list = document.getElementById("word-chosen");
const { maxFiles, maxFileMb, maxRequestMb } = list.dataset;

const addLine = (text, isBad) => {
  const item = document.createElement("li");
  item.textContent = text;
  item.classList.toggle("is-bad", isBad);
  list.append(item);
};

const problemOf = (file) => {
  if (!file.size) return "空文件";
  if (file.size > maxFileMb * MB) return `超过 ${maxFileMb} MB`;
  return /\.(docx|pdf|doc|wps|odt|rtf)$/i.test(file.name) ? "" : "不是 Word 或 PDF 文件";
};

const showFiles = () => {
  const files = [...input.files];
  const total = files.reduce((sum, file) => sum + file.size, 0);
  list.replaceChildren();
  if (files.length > maxFiles) addLine(`选了 ${files.length} 个，一次最多 ${maxFiles} 个。请分几次上传。`, true);
  if (total > maxRequestMb * MB) {
    addLine(`合起来 ${(total / MB).toFixed(0)} MB，超过 ${maxRequestMb} MB。请分几次上传。`, true);
  }
  for (const file of files) {
    const problem = problemOf(file);
    addLine(`${file.name}（${(file.size / MB).toFixed(1)} MB）${problem && `：${problem}`}`, Boolean(problem));
  }
};

document.getElementById("word-drop-hint").hidden = false;
input.addEventListener("change", showFiles);
drop.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("is-over");
});
for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("is-over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  // The browser would replace the files chosen before by those dropped; both are meant.
  const both = new DataTransfer();
  for (const file of [...input.files, ...event.dataTransfer.files]) both.items.add(file);
  input.files = both.files;
  showFiles();
});
document.getElementById("word-form").addEventListener("submit", () => {
  document.getElementById("word-wait").textContent = "正在上传和读取，文件多的时候要一两分钟，请不要关闭这一页。";
});
