using System.Runtime.ExceptionServices;
using Spectre.Console;

namespace SimpleFlow.Cli.Reports;

/// <summary>For a person at a terminal: the network's table, a line for every epoch, and below them a bar that moves.</summary>
internal sealed class LiveReport : TrainingReport
{
    // The margin leaves room for a blank before the text, and for the ^C that a terminal writes after it.
    private const int LongestBar = 30, Margin = 4;
    private readonly IAnsiConsole _console;
    private readonly Func<EpochLine, TrainingReport, string> _sentence;
    private readonly ProgressBarColumn _bar = new();
    private ProgressContext? _context;
    private ProgressTask? _task;

    public LiveReport(TextWriter output, Func<EpochLine, TrainingReport, string> sentence)
    {
        _sentence = sentence;
        // Only the terminal itself can be asked what it supports; any other writer was declared to be one.
        var isConsole = ReferenceEquals(output, Console.Out);
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = isConsole ? AnsiSupport.Detect : AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
        });
    }

    public override void Loading(string what) => _console.WriteLine(Printable.Of(Sentences.Loading(what)));

    public override ReadingReport Reading() => new(Over, () => Over(""), TimeSpan.FromMilliseconds(100));

    public override void Say(string sentence) => _console.WriteLine(Printable.Of(sentence));

    public override void End(TimeSpan duration, long parameters) =>
        _console.MarkupLineInterpolated($"[green]{Printable.Of(Sentences.End(this, duration, parameters))}[/]");

    protected override void Begin(Model model)
    {
        _console.WriteLine();
        _console.WriteLine(Printable.Of(model.Summary()));
    }

    protected override void While(Action training)
    {
        ExceptionDispatchInfo? failure = null;
        _console.Progress()
            .AutoRefresh(false)
            .AutoClear(true)
            .ExcludeVerticalPadding()
            .Columns(_bar, new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context =>
            {
                _context = context;
                _task = context.AddTask("training", maxValue: EpochCount);
                Show(0, $"epoch 1/{EpochCount}  compiling");
                // The bar is removed before an error is printed.
                try { training(); }
                catch (Exception exception) { failure = ExceptionDispatchInfo.Capture(exception); }
            });
        failure?.Throw();
    }

    protected override void Running(Evaluation current, double part, double rowsPerSecond) =>
        Move(Epochs.Count + part, current.Loss, Subject.Score.From(current), rowsPerSecond);

    protected override void Ended(EpochLine epoch)
    {
        // It overwrites the bar, and must cover all of it.
        if (IsTold(epoch)) _console.WriteLine(Printable.Of(_sentence(epoch, this)).PadRight(_console.Profile.Width - 1));
        Move(epoch.Number, epoch.Loss, epoch.Score, epoch.RowsPerSecond);
    }

    // Overwrites the same line, finally with an empty one where the next sentence begins.
    private void Over(string text) => _console.Write(new ControlCode($"\r{text.PadRight(_console.Profile.Width - 1)}\r"));

    private void Move(double done, double loss, double score, double rowsPerSecond)
    {
        var epoch = Math.Min((int)done + 1, EpochCount);
        var left = TimeSpan.FromSeconds(Math.Ceiling(Left(done)?.TotalSeconds ?? 0));
        var time = $"{(int)left.TotalMinutes}:{left.Seconds:D2} left";
        var text =
            $"epoch {epoch}/{EpochCount}  loss {loss:F4}  {Subject.Score.SayShort(score)}  {rowsPerSecond:N0} {Subject.Unit}/s  {time}";
        Show(done,
            Fits(text) ? text
                : $"{epoch}/{EpochCount}  loss {loss:F3}  "
                    + $"{Subject.Score.SayShort(score)[(Subject.Score.SayShort(score).IndexOf(' ') + 1)..]}  {rowsPerSecond:N0}/s  {time}");
    }

    private bool Fits(string text) => text.Length + Margin < _console.Profile.Width;

    // All on one line: first the text, and the bar as long as there is room for it.
    private void Show(double done, string text)
    {
        _bar.Width = Math.Clamp(_console.Profile.Width - text.Length - Margin, 1, LongestBar);
        _task!.Value = done;
        _task.Description = Fits(text) ? text : "training";
        _context!.Refresh();
    }
}
