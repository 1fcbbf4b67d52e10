using System.Diagnostics;

namespace SimpleFlow.Playground.Components;

/// <summary>What a reader plays and pauses. It works in slices between the pictures of the screen, so that the page answers and draws
/// meanwhile.</summary>
/// <param name="browser">It says when a picture is due.</param>
public abstract class PlayedSession(Browser browser) : IDisposable
{
    // Milliseconds. With the piece that is begun last, a slice takes no more than 12 of the 16 that a picture has.
    private const double Slice = 7;

    private readonly Queue<Action> _pieces = new();
    private bool _listens;

    /// <summary>Called after something has changed that the page shows.</summary>
    public event Action? Changed;

    /// <summary>Called some times a second while something happens, when there are new numbers to show.</summary>
    public event Action? Ticked;

    /// <summary>Whether it plays.</summary>
    public bool IsPlaying { get; private set; }

    /// <summary>What went wrong; null: nothing.</summary>
    public string? Trouble { get; set; }

    /// <summary>Whether there is work to do.</summary>
    protected virtual bool IsBusy => IsPlaying;

    /// <summary>Whether it can play.</summary>
    protected virtual bool CanPlay => true;

    /// <summary>Plays or pauses.</summary>
    public void Toggle()
    {
        IsPlaying = !IsPlaying && CanPlay;
        _pieces.Clear();
        Listen();
        OnToggled();
        Show();
    }

    /// <summary>Pauses.</summary>
    public void Pause()
    {
        if (IsPlaying) Toggle();
    }

    /// <summary>Shows the page again.</summary>
    public void Show() => Changed?.Invoke();

    /// <summary>Called after it has begun to play, or paused.</summary>
    protected virtual void OnToggled()
    {
    }

    /// <summary>Adds the pieces that are due in this picture: what is drawn and told.</summary>
    /// <param name="time">The time in milliseconds.</param>
    protected abstract void AddDue(double time);

    /// <summary>Does the smallest piece of the work itself.</summary>
    /// <returns>Whether there was something to do.</returns>
    protected abstract bool WorkOnce();

    /// <summary>Adds something to do before the work goes on. None should take longer than some milliseconds.</summary>
    protected void Add(Action piece)
    {
        _pieces.Enqueue(piece);
        Listen();
    }

    /// <summary>Adds what listeners do, one by one.</summary>
    protected void AddEach(Action? listeners)
    {
        foreach (var listener in listeners?.GetInvocationList() ?? []) Add((Action)listener);
    }

    /// <summary>Adds the pieces that show new numbers.</summary>
    protected void AddTicks() => AddEach(Ticked);

    /// <summary>Forgets the pieces that are not done: what they are about is there no more.</summary>
    protected void Forget() => _pieces.Clear();

    /// <summary>Shows new numbers at once.</summary>
    protected void Tick() => Ticked?.Invoke();

    /// <summary>Listens to the browser while there is work.</summary>
    protected void Listen()
    {
        var hasWork = IsBusy || _pieces.Count > 0;
        if (hasWork == _listens) return;
        _listens = hasWork;
        if (_listens) browser.Frame += OnFrame;
        else browser.Frame -= OnFrame;
    }

    /// <summary>Does something of the library; what goes wrong is told, and it pauses.</summary>
    protected void Try(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        try
        {
            action();
        }
        catch (SimpleFlowException exception)
        {
            Trouble = exception.Message;
            Pause();
            Show();
        }
    }

    private void OnFrame(double time)
    {
        var begun = Stopwatch.GetTimestamp();
        if (_pieces.Count == 0 && IsBusy) AddDue(time);
        do
        {
            if (_pieces.TryDequeue(out var piece)) piece();
            else if (!IsBusy || !WorkOnce()) break;
        }
        while (Stopwatch.GetElapsedTime(begun).TotalMilliseconds < Slice);
        Listen();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends it.</summary>
    /// <param name="disposing">Whether it is called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        IsPlaying = false;
        if (_listens) browser.Frame -= OnFrame;
        _listens = false;
    }
}
