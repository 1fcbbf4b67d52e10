using ScottPlot;

namespace SimpleFlow.Plots;

/// <summary>
/// An animated PNG that shows plots one after the other and repeats for ever. Browsers and code-hosting sites play it like any picture; a
/// viewer that does not support animation shows the first frame.
/// </summary>
/// <example>
/// <code>
/// var animation = new Animation(800, 500);
/// foreach (var chart in charts)
///     animation.Add(chart, TimeSpan.FromMilliseconds(250));
/// animation.Save("pictures/learning.png");
/// </code>
/// </example>
public sealed class Animation
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(ushort.MaxValue);   // the file has 16 bits for it
    private readonly List<(byte[] Png, TimeSpan Delay)> _frames = [];
    private readonly TimeSpan _hold = TimeSpan.FromSeconds(2);

    /// <summary>Starts an animation without frames.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is not from 64 to 8192 pixels.</exception>
    public Animation(int width, int height)
    {
        Picture.CheckSize(width);
        Picture.CheckSize(height);
        (Width, Height) = (width, height);
        _ = EmbeddedFont.Name;   // frames may come from plots without the house style
    }

    /// <summary>The width of every frame in pixels.</summary>
    public int Width { get; }

    /// <summary>The height of every frame in pixels.</summary>
    public int Height { get; }

    /// <summary>The number of frames so far.</summary>
    public int FrameCount => _frames.Count;

    /// <summary>How long the last frame stays, at least, before the animation repeats; 2 seconds by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative or above 65.535 seconds.</exception>
    public TimeSpan Hold
    {
        get => _hold;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, LongestDelay);
            _hold = value;
        }
    }

    /// <summary>Draws the plot as the next frame. It is drawn at once: you may change the same plot and add it again.</summary>
    /// <param name="frame">The plot to draw.</param>
    /// <param name="delay">How long the frame stays, to the millisecond.</param>
    /// <returns>This animation.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The delay is below a millisecond or above 65.535 seconds.</exception>
    public Animation Add(Plot frame, TimeSpan delay)
    {
        ArgumentNullException.ThrowIfNull(frame);
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(delay, LongestDelay);
        _frames.Add((Picture.Png([frame], Width, Height), delay));
        return this;
    }

    /// <summary>Draws the chart as the next frame. It is drawn at once: you may change the same chart and add it again.</summary>
    /// <inheritdoc cref="Add(Plot, TimeSpan)"/>
    public Animation Add(Chart frame, TimeSpan delay)
    {
        ArgumentNullException.ThrowIfNull(frame);
        HouseStyle.FitTo(frame.Plot, Width);
        return Add(frame.Plot, delay);
    }

    /// <summary>Writes the file, creating its folder if it is missing.</summary>
    /// <exception cref="InvalidOperationException">There are no frames.</exception>
    public void Save(string path)
    {
        if (_frames.Count == 0)
            throw new InvalidOperationException("The animation has no frames. Call Add for each of them before Save.");
        var (png, delay) = _frames[^1];
        Picture.Write(path, AnimatedPng.Assemble([.. _frames[..^1], (png, delay > Hold ? delay : Hold)]));
    }
}
