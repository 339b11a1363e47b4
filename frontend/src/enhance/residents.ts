/**
 * Residents' pages stay readable when the node cannot be reached: the worker
 * `residents.js` keeps them. Only on pages of the public door, and only where
 * the browser allows it (https, or this machine itself).
 */
export function startKeeping(): void {
  if (!document.body.classList.contains('public') || !('serviceWorker' in navigator)) return;
  void navigator.serviceWorker
    .register('/residents.js', { scope: '/' })
    .then(() => navigator.serviceWorker.ready)
    .then((registration) => {
      const files = performance.getEntriesByType('resource').map((one) => one.name);
      registration.active?.postMessage([location.href.split('#')[0], ...files]);
    })
    .catch(() => undefined); // the page works without it
}
