package offboard

import "log/slog"

// LogValue is where the run stands and how many acting things fail, for log/slog, without what the host told.
func (o Outcome) LogValue() slog.Value {
	return slog.GroupValue(slog.Any("run", o.Run), slog.Int("failing", len(o.Failing)))
}
