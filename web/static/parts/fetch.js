/* Asks for data; what has not been worked out yet is begun and waited for. */
const NOT_YET = 409;
const token = document.querySelector("meta[name=csrf-token]")?.content;

export async function getJson(address) {
  let answer = await ask(address, "GET");
  for (let pause = 150; answer.status === NOT_YET; pause = Math.min(pause * 1.3, 3000)) {
    const { job } = await answer.clone().json();
    if (!job) { await ask(address, "POST"); }
    await new Promise((done) => { setTimeout(done, pause); });
    answer = await ask(address, "GET");
  }
  const body = await answer.json();
  if (!answer.ok) { throw new Error(body.error); }
  return body;
}

function ask(address, method) {
  const headers = { Accept: "application/json", "X-CSRFToken": token };
  return fetch(address, { method, headers, cache: "no-cache" });
}
