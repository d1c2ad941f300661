"""How the calendar looks: a grid of days that becomes a list of days where there is little room."""

from __future__ import annotations

STYLE = """
.z-days { display: grid; grid-template-columns: repeat(7, minmax(0, 1fr)); width: 100%;
  border: 1px solid #e3e6eb; border-radius: 10px; overflow: hidden; background: #ffffff; }
.body--dark .z-days { background: #1d2026; border-color: #2d3138; }
.z-weekday { padding: 6px 8px; font-size: 13px; border-bottom: 1px solid #e3e6eb; }
.z-day { min-width: 0; min-height: 108px; padding: 4px 6px 6px; border-right: 1px solid #e3e6eb;
  border-bottom: 1px solid #e3e6eb; display: flex; flex-direction: column; gap: 3px; }
.z-days.z-tall .z-day { min-height: 360px; }
.z-day:nth-child(7n) { border-right: 0; }
.body--dark .z-day, .body--dark .z-weekday { border-color: #2d3138; }
.z-day.z-elsewhere { background: #f5f6f8; } .body--dark .z-day.z-elsewhere { background: #191b20; }
.z-day.z-gap { background: #fdeceb; } .body--dark .z-day.z-gap { background: #38201f; }
.z-day.z-over { outline: 2px solid #0a6b45; outline-offset: -2px; }
a.z-new { text-decoration: none; } a.z-new:hover, a.z-new:focus { text-decoration: underline; }
.z-number { font-size: 13px; display: flex; align-items: center; gap: 6px; min-height: 22px; }
.z-today .z-number-of { background: #0a6b45; color: #ffffff; border-radius: 11px; padding: 1px 7px; font-weight: 600; }
.z-of-week { grid-column: 1 / -1; padding: 6px 8px; border-bottom: 1px solid #e3e6eb; display: flex; flex-wrap: wrap;
  align-items: center; gap: 4px 12px; background: #fff8e8; }
.z-of-week.z-gap { background: #fdeceb; } .body--dark .z-of-week { background: #2e2814; border-color: #2d3138; }
.body--dark .z-of-week.z-gap { background: #38201f; }
.z-turn { position: relative; display: flex; align-items: flex-start; border-radius: 6px; background: #e7f4ee;
  font-size: 13px; line-height: 1.35; min-width: 0; }
.body--dark .z-turn { background: #1c3a2d; }
.z-turn.z-advert { background: #fbe9d7; } .body--dark .z-turn.z-advert { background: #43301a; }
.z-turn.z-unsaid { background: repeating-linear-gradient(135deg, #eef0f3 0 6px, #e4e7ec 6px 12px); }
.body--dark .z-turn.z-unsaid { background: repeating-linear-gradient(135deg, #2a2e36 0 6px, #323741 6px 12px); }
.z-turn[draggable=true] { cursor: grab; }
.z-turn a { color: inherit; text-decoration: none; padding: 3px 6px; flex: 1; min-width: 0; overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap; }
.z-tall .z-turn a { white-space: normal; overflow-wrap: anywhere; }
.z-turn a:hover, .z-turn a:focus { text-decoration: underline; }
.z-turn .q-btn { opacity: 0; flex: none; position: absolute; right: 0; top: 0; background: inherit; }
.z-turn:hover .q-btn, .z-turn .q-btn:focus, .z-turn:focus-within .q-btn { opacity: 1; }
.z-fault { display: flex; align-items: flex-start; gap: 4px; font-size: 13px; line-height: 1.35; min-width: 0; }
.z-fault > .q-icon { flex: none; margin-top: 1px; }
.z-day .q-btn { font-size: 13px; }
.z-day .q-btn__content { flex-wrap: nowrap; justify-content: flex-start; overflow: hidden; white-space: nowrap; }
.z-day .z-fault { flex-wrap: nowrap; }
a.z-row { color: inherit; text-decoration: none; } a.z-row:hover, a.z-row:focus { text-decoration: underline; }
.z-short { display: none; }
@media (max-width: 760px) {
  .z-days, .z-days.z-tall { grid-template-columns: minmax(0, 1fr); }
  .z-weekday { display: none; }
  .z-day, .z-days.z-tall .z-day { min-height: 0; border-right: 0; padding: 8px 10px; }
  .z-day.z-empty.z-elsewhere { display: none; }
  .z-turn a { white-space: normal; overflow-wrap: anywhere; padding: 7px 40px 7px 8px; }
  .z-turn .q-btn { opacity: 1; }
  .z-short { display: inline; }
}
"""

REPORT = """
.q-loading-bar { display: none; } /* it stays, without a name; the page says itself that it is reading */
.z-report { border-collapse: collapse; } .z-report th { text-align: left; font-weight: 600; }
.z-report th, .z-report td { padding: 6px 10px 6px 0; border-bottom: 1px solid #e3e6eb; vertical-align: top;
  overflow-wrap: anywhere; }
.z-report td:first-child { white-space: nowrap; font-weight: 600; }
.body--dark .z-report th, .body--dark .z-report td { border-color: #2d3138; }
@media (max-width: 760px) {
  .z-report thead { display: none; } .z-report td { display: block; border: 0; padding: 1px 0; white-space: normal; }
  .z-report tr { display: block; padding: 8px 0; border-bottom: 1px solid #e3e6eb; }
}
"""

BARS = """
.z-cards { display: grid; width: 100%; gap: 16px; align-items: start;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); }
.z-bars { display: flex; flex-direction: column; gap: 6px; }
.z-bar-row { display: grid;
  grid-template-columns: minmax(84px, 30%) minmax(0, 1fr) 60px; align-items: center; gap: 8px; }
.z-bar { height: 14px; min-width: 2px; border-radius: 4px; background: #0a6b45; }
.body--dark .z-bar { background: #54b48d; }
.z-bar.z-bar-bad { background: #b3261e; } .body--dark .z-bar.z-bar-bad { background: #ff9b93; }
"""
