// The page's requests to its server. Every failure is an Error whose message can be shown.

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

async function ask(path, options) {
  try {
    return await answered(await fetch(path, options));
  } catch (error) {
    throw error.status ? error : new Error("the server does not answer: is contact-release browse still running?");
  }
}

// Requested immediately: this module is loaded first, while the others are still loading.
const begun = Promise.all([ask("/api/labels"), ask("/api/corrections")]);
begun.catch(() => {}); // whoever awaits it gets the error

export const loaded = () => begun;
export const suspects = () => ask("/api/suspects");
export const lists = () => ask("/api/lists");
export const list = (name) => ask(`/api/list/${encodeURIComponent(name)}`);
export const video = (id) => ask(`/api/video/${encodeURIComponent(id)}`);
export const find = (where) => ask(`/api/find?where=${encodeURIComponent(where)}`);
export const frameAddress = (id, number) => `/frame/${encodeURIComponent(id)}/${number}.jpg`;

export const decide = (decision) => ask("/api/decide", {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(decision),
});
