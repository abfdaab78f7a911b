// A receipt in words, as tools/creneauctl/receipt_words.cc tells it: the same names of words.json in the same order.
const speaker = (lang) => {
  const has = (name) => name in WORDS;
  const say = (name, values = {}) => WORDS[name][lang].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
  const ofCode = (kind, code) => (has(`${kind}.${code}`) ? say(`${kind}.${code}`) : code);
  const nth = (list, index) => say(list).split(" ")[index];
  const fieldNames = (fields) => fields.map((field) => ofCode("field", field)).join(", ");

  // A moment in UTC stands for the wall clock that shows the same.
  function date(wall) {
    const day = wall.getUTCDate();
    return say("date.day", {
      weekday: nth("days", (wall.getUTCDay() + 6) % 7),
      day: day === 1 && lang === "fr" ? "1er" : String(day),
      month: nth("months", wall.getUTCMonth()),
      year: String(wall.getUTCFullYear()),
    });
  }
  function time(name, wall) {
    const two = (value) => String(value).padStart(2, "0");
    return say(name, {
      date: date(wall),
      hour: String(wall.getUTCHours()),
      hour2: two(wall.getUTCHours()),
      minute: two(wall.getUTCMinutes()),
      second: two(wall.getUTCSeconds()),
    });
  }
  // What the office's clock showed; nothing where the browser does not know the zone.
  function wallClock(ms, zone) {
    const options = { timeZone: zone, hourCycle: "h23" };
    for (const part of ["year", "month", "day", "hour", "minute", "second"]) options[part] = "numeric";
    try {
      const parts = new Intl.DateTimeFormat("en-GB", options).formatToParts(new Date(ms));
      const of = Object.fromEntries(parts.map((part) => [part.type, Number(part.value)]));
      return new Date(Date.UTC(of.year, of.month - 1, of.day, of.hour, of.minute, of.second));
    } catch {
      return null;
    }
  }
  function moment(ms, zone) {
    const wall = wallClock(ms, zone);
    return say(wall === null ? "date.utc" : "date.zone", { date: time("date.second", wall ?? new Date(ms)), zone });
  }
  function week(isoYear, isoWeek) {
    const fourth = new Date(Date.UTC(isoYear, 0, 4));
    const back = (fourth.getUTCDay() + 6) % 7;
    const monday = date(new Date(Date.UTC(isoYear, 0, 4 - back + 7 * (isoWeek - 1))));
    return say("week", { week: String(isoWeek), year: String(isoYear), monday: monday.slice(monday.indexOf(" ") + 1) });
  }

  function attempt(body) {
    const given = body.identity !== "none";
    const sure = ofCode("identity", body.identity);
    const rows = [
      ["service", body.title],
      ["office", body.office],
      ["agenda", body.agenda],
      ["at", moment(body.at, body.timezone)],
      ["week", week(body.isoYear, body.isoWeek)],
      ["outcome", ofCode("outcome", body.outcome)],
    ];
    if (body.phase !== "") rows.push(["phase", ofCode("phase", body.phase)]);
    const fields = fieldNames(body.alternative);
    rows.push(["identity", given ? say("identity.fields", { identity: sure, fields }) : sure]);
    return { rows, not: [given ? "not.person" : "not.nobody", "not.week", "not.other"] };
  }
  function confirmation(body) {
    const rows = [
      ["reservation", body.reservation],
      ["service", body.title],
      ["office", body.office],
      ["agenda", body.agenda],
      ["slot", time("date.minute", new Date(`${body.slot}:00Z`))],
      ["minutes", say("minutes", { minutes: String(body.minutes) })],
      ["channel", ofCode("channel", body.channel)],
      ["identity", ofCode("identity", body.identity)],
      ["log", say("log", body)],
    ];
    return { rows, not: ["not.holder", "not.later", "not.other"] };
  }
  function inclusion(body) {
    const rows = [
      ["service", body.title],
      ["office", body.office],
      ["agenda", body.agenda],
      ["draw", body.draw],
      ["closed", moment(body.closedAt, body.timezone)],
      ["round", moment(body.roundAt, body.timezone)],
      ["wishes", body.wishes],
      ["place", say("place", { place: String(body.index + 1), entries: String(body.entries) })],
      ["tag", body.tag],
      ["root", body.root],
      ["rules", body.rules],
    ];
    if (body.entry !== undefined) rows.unshift(["entry", body.entry]);
    return { rows, not: [body.entry === undefined ? "not.entrant" : "not.entry", "not.drawn", "not.other"] };
  }
  // {title, rows: [label, value], proves, not: [...]}
  function tell(receipt) {
    const { rows, not } = { attempt, confirmation, inclusion }[receipt.kind](receipt.body);
    rows.push(["issued", moment(receipt.issuedAt, receipt.body.timezone)], ["key", receipt.key]);
    return {
      title: say(`title.${receipt.kind}`),
      rows: rows.map(([name, value]) => [say(`row.${name}`), value]),
      proves: say(`proves.${receipt.kind}`),
      not: not.map((name) => say(name)),
    };
  }
  return { say, fieldNames, tell };
};
