/* Improves pages that work without it: nothing here is needed to get through. */

const all = (selector, visit, root = document) => {
  for (const element of root.querySelectorAll(selector)) visit(element);
};

// Times in the reader's own zone, worded by the pattern that the server sent along.
const wordTimes = (root) => all('time[data-pattern]', wordTime, root);
function wordTime(time) {
  const instant = new Date(time.dateTime);
  const locale = document.documentElement.lang;
  const format = (options) => new Intl.DateTimeFormat(locale, options);
  const zoned = format({ hour: '2-digit', timeZoneName: 'short' }).formatToParts(instant);
  const parts = {
    '%time%': format({ hour: '2-digit', minute: '2-digit' }).format(instant),
    '%date%': format({ weekday: 'long', day: 'numeric', month: 'long' }).format(instant),
    '%zone%': zoned.find(({ type }) => type === 'timeZoneName')?.value ?? '',
  };
  time.textContent = time.dataset.pattern.replace(/%\w+%/g, (name) => parts[name] ?? name);
}
wordTimes(document);

all('[data-module="govuk-password-input"]', (group) => {
  const input = group.querySelector('input');
  const button = group.querySelector('button');
  const status = document.createElement('div');
  status.className = 'govuk-visually-hidden';
  status.setAttribute('aria-live', 'polite');
  input.after(status);
  const words = (key) => group.getAttribute(`data-i18n.${key}`);

  const show = (visible) => {
    input.type = visible ? 'text' : 'password';
    button.textContent = words(visible ? 'hide-password' : 'show-password');
    button.setAttribute(
      'aria-label',
      words(visible ? 'hide-password-aria-label' : 'show-password-aria-label'),
    );
    status.textContent = words(visible ? 'password-shown-announcement' : 'password-hidden-announcement');
  };

  button.hidden = false;
  button.addEventListener('click', () => show(input.type === 'password'));
  // A password left visible would be offered back by the browser as ordinary form text.
  input.form.addEventListener('submit', () => show(false));
  addEventListener('pageshow', (event) => event.persisted && show(false));
});

all('dialog[data-modal]', (dialog) => {
  dialog.close();
  dialog.showModal();
  dialog.addEventListener('cancel', (event) => event.preventDefault());
  // Some browsers let a second Esc through all the same.
  dialog.addEventListener('close', () => dialog.showModal());
});

all('.govuk-error-summary', (summary) => {
  summary.focus();
  summary.addEventListener('click', (event) => {
    const target = event.target.closest('a') && document.getElementById(event.target.hash.slice(1));
    if (!target) return;
    event.preventDefault();
    (target.labels?.[0] ?? target).scrollIntoView();
    target.focus({ preventScroll: true });
  });
});

all('.app-menu', (menu) => {
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !menu.open) return;
    menu.open = false;
    menu.querySelector('summary').focus();
  });
  document.addEventListener('click', (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener('focusout', (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
});

// A page that waits is told where its person is by now: it goes there, or, still the same page, brings its words up to date.
all('[data-live]', (part) => {
  const { place } = part.dataset;
  let source;
  let left = false;

  const listen = () => {
    if (left) return;
    source = new EventSource(part.dataset.live);
    source.addEventListener('message', ({ data }) => {
      source.close();
      if (left) return;
      if (data !== place) location.replace(data);
      else renew().catch(listenLater);
    });
    // The browser itself tries again after a break, but not after a refusal.
    source.addEventListener('error', () => source.readyState === EventSource.CLOSED && listenLater());
  };
  const listenLater = () => setTimeout(listen, 20_000);

  // What comes while nobody looks has not been read: the page asks for it when it is in front again.
  const inFront = () =>
    document.hidden &&
    new Promise((resolve) => document.addEventListener('visibilitychange', resolve, { once: true }));

  const renew = async () => {
    await inFront();
    const answer = await fetch(place);
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = page.querySelector(`[data-place="${place}"]`);
    if (left) return;
    if (!fresh) return location.replace(place);
    part.replaceChildren(...fresh.childNodes);
    part.dataset.live = fresh.dataset.live;
    wordTimes(part);
    listen();
  };

  // The answer to a form leads on by itself; going anywhere meanwhile would lose it, and the cookie that it brings.
  addEventListener('submit', () => {
    left = true;
    source.close();
  });
  listen();
});

// Warns before a session ends for lack of use. Tabs tell each other until when it lasts.
all('[data-session-seconds]', (dialog) => {
  const tabs = new BroadcastChannel('session');
  const warning = dialog.dataset.warningSeconds * 1000;
  let ends = 0;

  const lastsUntil = (moment) => {
    ends = Math.max(ends, moment);
    if (dialog.open && ends - Date.now() > warning) dialog.close();
  };
  const lastsFor = (seconds) => {
    lastsUntil(Date.now() + seconds * 1000);
    tabs.postMessage(ends);
  };
  const stay = async () => {
    const answer = await fetch('/session').catch(() => undefined);
    if (answer?.ok) lastsFor((await answer.json()).secondsLeft);
  };

  tabs.addEventListener('message', ({ data }) => lastsUntil(data));
  dialog.querySelector('button[type=button]').addEventListener('click', stay);
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    stay();
  });
  lastsFor(dialog.dataset.sessionSeconds);
  setInterval(() => {
    const left = ends - Date.now();
    if (left <= 0) location.replace('/sign-in?notice=timed-out');
    else if (left <= warning && !dialog.open) dialog.showModal();
  }, 1000);
});
