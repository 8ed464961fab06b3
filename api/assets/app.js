/* Improves pages that work without it: nothing here is needed to get through. */

const all = (selector, visit) => {
  for (const element of document.querySelectorAll(selector)) visit(element);
};

// Times in the reader's own zone, worded by the pattern that the server sent along.
all('time[data-pattern]', (time) => {
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
});

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

// Asks whether the page has become another one, and only then goes there.
all('[data-poll]', () => {
  setInterval(async () => {
    const answer = await fetch(location.href, { redirect: 'manual' }).catch(() => undefined);
    if (answer?.type === 'opaqueredirect') location.reload();
  }, 1000);
});
