// Passkeys on the page of the second step: made, and asked for. Their buttons stay hidden in a browser without them.

const box = document.querySelector("[data-passkeys]");
const known = typeof window.PublicKeyCredential?.parseCreationOptionsFromJSON === "function";

async function send(address, body = {}) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": box.dataset.token },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

const steps = {
  async add() {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(await send(box.dataset.new));
    const made = await navigator.credentials.create({ publicKey });
    await send(box.dataset.keep, { ...made.toJSON(), name: box.querySelector("[name=passkey-name]").value });
    return box.dataset.here;
  },
  async use() {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await send(box.dataset.ask));
    const told = await navigator.credentials.get({ publicKey });
    await send(box.dataset.check, told.toJSON());
    return box.dataset.target;
  },
};

for (const button of known ? box.querySelectorAll("[data-step]") : []) {
  button.closest("[hidden]").hidden = false;
  button.addEventListener("click", async () => {
    const message = box.querySelector("[role=status]");
    message.textContent = "请按浏览器或手机上的提示做。";
    try {
      window.location.assign(await steps[button.dataset.step]());
    } catch {
      message.textContent = "没有成功：可能取消了，或者等得太久。请再试一次，或者用验证码、备用码。";
    }
  });
}
