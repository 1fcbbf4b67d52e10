using System.Globalization;

namespace SimpleFlow.Tests.Saver;

/// <summary>Cultures that write numbers and letters otherwise.</summary>
public static class OddCulture
{
    /// <summary>A culture by its name; where the system knows none, one that writes 1.5 as 1,5
    /// and −1 with a minus sign of its own.</summary>
    public static CultureInfo Of(string name)
    {
        try
        {
            var known = CultureInfo.GetCultureInfo(name);
            if (known.NumberFormat.NumberDecimalSeparator != ".") return known;
        }
        catch (CultureNotFoundException) { }
        var made = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        var numbers = made.NumberFormat;
        (numbers.NumberDecimalSeparator, numbers.PercentDecimalSeparator, numbers.NumberGroupSeparator, numbers.NegativeSign,
            numbers.NaNSymbol) = (",", ",", ".", "\u2212", "¤");
        return made;
    }

    /// <summary>Does something under the culture, which flows to the threads and tasks that it starts and to no other test.</summary>
    public static void Under(CultureInfo culture, Action what)
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = culture;
        try
        {
            what();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
