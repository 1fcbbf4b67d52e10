using System.Globalization;
using System.Text;

namespace SimpleFlow.Tests.Data;

/// <summary>The quick way to a number gives the bits that .NET's own gives, or leaves the cell to the careful way.</summary>
public sealed class CsvPlainNumberTests
{
    private const string Behind = ",0123456789,0123456789";

    [Theory]
    [InlineData("F5"), InlineData("F2"), InlineData("R"), InlineData("G9"), InlineData("E18")]
    [InlineData("e3"), InlineData("F0"), InlineData("F15")]
    public void The_bits_are_those_of_the_platform(string format)
    {
        var random = new Random(7);
        var read = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var number = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-6, 9));
            var text = number.ToString(format, CultureInfo.InvariantCulture);
            if (Read(text) is not { } value) continue;
            read++;
            AssertBits(double.Parse(text, CultureInfo.InvariantCulture), value);
        }
        Assert.InRange(read, 15_000, 20_000);
    }

    // Numbers in the middle between two doubles, and as near to it as 19 digits can say.
    [Fact]
    public void A_number_between_two_doubles_is_rounded_as_the_platform_does()
    {
        var random = new Random(3);
        var read = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var (low, scale) = ((1L << 53) + 2 * random.NextInt64(1L << 51), random.Next(1, 20));
            var digits = (Int128)(low * 2 + 1) + random.Next(-1, 2);
            var text = digits.ToString(CultureInfo.InvariantCulture);
            if (scale < text.Length) text = text[..^scale] + "." + text[^scale..];
            if (Read(text) is not { } value) continue;
            read++;
            AssertBits(double.Parse(text, CultureInfo.InvariantCulture), value);
        }
        Assert.InRange(read, 1000, 20_000);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("-0", -0.0)]
    [InlineData("7", 7)]
    [InlineData("-12345678", -12345678)]
    [InlineData("1234567.", 1234567)]
    [InlineData("0.5", 0.5)]
    [InlineData("0.0000000000", 0)]
    [InlineData("1234567890.25", 1234567890.25)]
    [InlineData("1e3", 1000)]
    [InlineData("1.5E-3", 0.0015)]
    [InlineData("-1.5e+02", -150)]
    public void Is_read(string text, double value) => AssertBits(value, Read(text)!.Value);

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".5")]
    [InlineData("-.5")]
    [InlineData("01")]
    [InlineData("007.25")]
    [InlineData("00012.3456789")]
    [InlineData("1.2.3")]
    [InlineData("1.234567890.1")]
    [InlineData("1,5")]
    [InlineData("12a")]
    [InlineData("1234567890x")]
    [InlineData("1.23456789x")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1.2345678901e")]
    [InlineData("1e5x")]
    [InlineData("--1")]
    [InlineData("+1")]
    [InlineData("1 ")]
    [InlineData("12345678901234567890")]
    [InlineData("1.2345678901234567890123")]
    [InlineData("1:")]
    [InlineData("1/")]
    [InlineData("é")]
    [InlineData("1é")]
    public void Is_left_to_the_careful_way(string text) => Assert.Null(Read(text));

    [Fact]
    public void A_point_may_be_a_comma()
    {
        var bytes = Encoding.UTF8.GetBytes("1,25;0123456789;0123456789");
        Assert.True(CsvPlainNumber.TryRead(bytes, 0, 4, (byte)',', out var value));
        Assert.Equal(1.25, value);
        Assert.False(CsvPlainNumber.TryRead(bytes, 0, 4, (byte)'.', out _));
    }

    private static void AssertBits(double expected, double actual) =>
        Assert.Equal(BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(actual));

    private static double? Read(string text)
    {
        var bytes = Encoding.UTF8.GetBytes("12345678\n" + text + Behind);
        return CsvPlainNumber.TryRead(bytes, 9, 9 + Encoding.UTF8.GetByteCount(text), (byte)'.', out var value) ? value : null;
    }
}
