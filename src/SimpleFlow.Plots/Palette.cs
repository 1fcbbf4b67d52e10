using ScottPlot;

namespace SimpleFlow.Plots;

/// <summary>
/// The colours of the pictures: the eight of Okabe and Ito (Color Universal Design, 2008), which stay distinct for readers with any
/// common form of colour blindness, in an order that also differs in lightness.
/// </summary>
public static class Palette
{
    /// <summary>Blue: the first series, and training data.</summary>
    public static Color Blue { get; } = new("#0072B2");

    /// <summary>Vermilion, a red leaning to orange: the second series, and whatever should catch the eye first.</summary>
    public static Color Vermilion { get; } = new("#D55E00");

    /// <summary>Bluish green.</summary>
    public static Color Green { get; } = new("#009E73");

    /// <summary>Orange.</summary>
    public static Color Orange { get; } = new("#E69F00");

    /// <summary>Sky blue.</summary>
    public static Color Sky { get; } = new("#56B4E9");

    /// <summary>Reddish purple.</summary>
    public static Color Purple { get; } = new("#CC79A7");

    /// <summary>Near black: text.</summary>
    public static Color Ink { get; } = new("#24292F");

    /// <summary>Mid grey: anything that is only for orientation.</summary>
    public static Color Grey { get; } = new("#8C959F");

    private static readonly Color[] Series = [Blue, Vermilion, Green, Orange, Purple, Sky];

    /// <summary>The colour of the series with this number, counted from 0; after the sixth the colours repeat.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is negative.</exception>
    public static Color Of(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return Series[index % Series.Length];
    }
}
