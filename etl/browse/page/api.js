// What the page asks its server. Every failure is an Error whose message can be shown.

async function answered(response) {
  const content = await response.json().catch(() => ({ error: `the server answered ${response.status}` }));
  if (!response.ok) {
    throw Object.assign(new Error(content.error ?? `the server answered ${response.status}`), {
      status: response.status,
      content,
    });
  }
  return content;
}

async function get(path) {
  try {
    return await answered(await fetch(path));
  } catch (error) {
    throw error.status ? error : new Error("the server does not answer: is contact-release browse still running?");
  }
}

export const labels = () => get("/api/labels");
export const video = (id) => get(`/api/video/${encodeURIComponent(id)}`);
export const find = (where) => get(`/api/find?where=${encodeURIComponent(where)}`);
export const list = (name) => get(`/api/list/${encodeURIComponent(name)}`);
export const frameAddress = (id, number) => `/frame/${encodeURIComponent(id)}/${number}.jpg`;

export async function decide(decision) {
  const body = JSON.stringify(decision);
  return answered(await fetch("/api/decide", { method: "POST", headers: { "Content-Type": "application/json" }, body }));
}
