using Spectre.Console;

namespace SimpleFlow.Cli.Reports;

/// <summary>For a person at a terminal: the network's table, a line for every epoch, and below them a bar that moves.</summary>
internal sealed class LiveReport : TrainingReport
{
    private readonly IAnsiConsole _console;
    private ProgressContext? _context;
    private ProgressTask? _task;

    public LiveReport(TextWriter output)
    {
        // Only the terminal itself can be asked what it is; any other writer has been declared to be one.
        var isConsole = ReferenceEquals(output, Console.Out);
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = isConsole ? AnsiSupport.Detect : AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
        });
    }

    public override void Loading(string what) => _console.WriteLine(Sentences.Loading(what));

    public override void Loaded(ImageData data) => _console.WriteLine(Sentences.Loaded(data));

    public override void End(TimeSpan duration, long parameters) => _console.MarkupLineInterpolated($"[green]{Sentences.End(Epochs[^1], duration, parameters)}[/]");

    public override void Drawn(string path) => _console.WriteLine(Sentences.Drawn(path));

    protected override void Begin(Model model)
    {
        _console.WriteLine();
        _console.WriteLine(model.Summary());
    }

    protected override void While(Action training) => _console.Progress()
        .AutoRefresh(false)
        .AutoClear(true)
        .ExcludeVerticalPadding()
        .Columns(new ProgressBarColumn { Width = 20 }, new TaskDescriptionColumn { Alignment = Justify.Left })
        .Start(context =>
        {
            _context = context;
            _task = context.AddTask("compiling", maxValue: EpochCount);
            context.Refresh();
            training();
        });

    protected override void Running(Evaluation current, double part, double imagesPerSecond) =>
        Move(Epochs.Count + part, current.Loss, current.Metrics["accuracy"], imagesPerSecond);

    protected override void Ended(EpochLine epoch)
    {
        _console.MarkupLineInterpolated(
            $"epoch {epoch.Number.ToString().PadLeft(EpochCount.ToString().Length)}/{EpochCount}  loss {epoch.Loss:F4}  test accuracy [bold]{100 * epoch.Accuracy:F2} %[/]  {epoch.Duration.TotalSeconds:F2} s");
        Move(epoch.Number, epoch.Loss, epoch.Accuracy, epoch.Images / epoch.Duration.TotalSeconds);
    }

    private void Move(double done, double loss, double accuracy, double imagesPerSecond)
    {
        _task!.Value = done;
        _task.Description = $"loss {loss:F4}  accuracy {100 * accuracy:F1} %  {imagesPerSecond:N0} images/s  {Left(done):m\\:ss} left";
        _context!.Refresh();
    }
}
