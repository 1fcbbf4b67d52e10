using System.Text;

namespace SimpleFlow.Tests.Data;

/// <summary>The hash that tells data apart, as its specification and Python's xxhash have it.</summary>
public class XxHash64Tests
{
    [Theory]
    [InlineData("", 0, 0xEF46DB3751D8E999)]
    [InlineData("a", 0, 0xD24EC4F1A98C6E5B)]
    [InlineData("abc", 0, 0x44BC2CF5AD770999)]
    [InlineData("Nobody inspects the spammish repetition", 0, 0xFBCEA83C8A378BF1)]
    public void Known_texts_have_known_hashes(string text, ulong seed, ulong hash) =>
        Assert.Equal(hash, XxHash64.Of(Encoding.UTF8.GetBytes(text), seed));

    [Fact]
    public void Every_bit_matters_at_every_length()
    {
        var random = new Random(1);
        for (var length = 1; length < 100; length++)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            var seen = new HashSet<ulong> { XxHash64.Of(bytes), XxHash64.Of(bytes, 1), XxHash64.Of([.. bytes, 0]) };
            for (var bit = 0; bit < 8 * length; bit++)
            {
                bytes[bit / 8] ^= (byte)(1 << bit % 8);
                Assert.True(seen.Add(XxHash64.Of(bytes)));
                bytes[bit / 8] ^= (byte)(1 << bit % 8);
            }
        }
    }
}
