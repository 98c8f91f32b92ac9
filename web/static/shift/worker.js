/* Opens the shift page without signal: what was seen last is kept, on this phone alone. */
const KEPT = "hotspots-shift-1";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  if (event.request.method === "GET" && !event.request.headers.has("range")) {
    event.respondWith(freshOrKept(event.request));
  }
});

async function freshOrKept(request) {
  const cache = await caches.open(KEPT);
  try {
    const answer = await fetch(request);
    if (answer.status === 200) { await cache.put(request.url, answer.clone()); }
    return answer;
  } catch (error) {
    const found = await cache.match(request.url);
    if (!found) { throw error; }
    const headers = new Headers(found.headers);
    headers.set("X-Kept", "yes");
    return new Response(await found.blob(), { status: 200, headers });
  }
}
